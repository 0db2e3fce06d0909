//! What is never personal: the words of SCIM and of the IdPs, which are the bug.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Values that stay although they stand where a person's would; folded.
const VALUES: &str = "default,production,staging,development,anonymous,root,scheduler,not found,missing,invalid,\
true,false,null,none,unknown,system,user,users,group,groups,member,members,admin,work,home,other,\
mobile,direct,indirect,employee,appuser,appgroup,appinstance,usergroup,systemprincipal,success,failure,skipped,skip,allow,\
deny,challenge,active,inactive,enabled,disabled,started,complete,completed,failed,paused,quarantine,inprogress,add,replace,\
remove,create,update,delete,import,match,scope,export,web,job,info,warn,error,debug,get,post,put,patch,\
okta system,system@okta.com,okta,microsoft entra id,microsoft entra,azure active directory,azure ad,entra id,\
azure ad provisioning service,customappsso,active directory,urn:okta:scim,scim2headerauth,\
id,username,externalid,displayname,nickname,name,givenname,familyname,middlename,formatted,honorificprefix,honorificsuffix,\
profileurl,title,usertype,preferredlanguage,locale,timezone,password,emails,email,phonenumbers,phonenumber,ims,photos,\
addresses,address,entitlements,roles,role,x509certificates,type,primary,value,display,schemas,meta,resources,operations,op,\
path,employeenumber,costcenter,organization,division,department,manager,login,firstname,lastname,mail,userprincipalname,\
objectid,mailnickname,jobtitle,accountenabled,isenabled,status,detail,scimtype,streetaddress,locality,region,postalcode,\
country,employeeid,surname,isSoftDeleted,content-type,host,accept,authorization,date,server,url,method";

/// Words within names that say nothing about a person.
const WORDS: &str = "okta,microsoft,azure,entra,scim,user,users,group,groups,admin,administrator,system,service,ext,test,\
the,and,for,from,with,name,page,mail,work,home,team,all,app,application";

/// Labels of host names that say nothing about their owner.
const LABELS: &str = "api,www,scim,app,apps,mail,smtp,login,sso,dev,test,staging,stage,prod,eu,us,admin,id,idp,auth,gateway,\
vendor,localhost,internal,local,oauth,identity";

/// Local parts of addresses that are no person's.
const LOCALS: &str = "info,support,sales,hello,contact,office,noreply,no-reply,postmaster,webmaster,hostmaster,security,\
marketing,billing,accounts,jobs,help,helpdesk,service,alerts,notifications,root,provisioning,sync,robot,legal,privacy,press,\
finance,payroll,reception,everyone,staff,abuse,someone,somebody,nobody,username,email,example,login,scimuser";

/// Ends of host names that no customer owns: reserved ones, and those of the IdPs.
pub const SUFFIXES: &[&str] = &[
    "example.com",
    "example.net",
    "example.org",
    "example",
    "test",
    "invalid",
    "localhost",
    "local",
    "internal",
    "onmicrosoft.com",
    "graph.microsoft.com",
    "login.microsoftonline.com",
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "okta-gov.com",
    "microsoft.com",
    "microsoftonline.com",
    "azure.com",
    "windows.net",
    "azure-api.net",
    "amazonaws.com",
    "schemas.xmlsoap.org",
    "getpostman.com",
    "ietf.org",
    "w3.org",
    "github.com",
    "runscope.com",
];

static KEPT_VALUES: LazyLock<HashSet<String>> = LazyLock::new(|| set(VALUES));
static KEPT_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| set(WORDS));
static KEPT_LOCALS: LazyLock<HashSet<String>> = LazyLock::new(|| set(LOCALS));
static KEPT_LABELS: LazyLock<HashSet<String>> = LazyLock::new(|| set(LABELS));

/// Whether a whole value stays; it comes folded.
pub fn is_value(folded: &str) -> bool {
    let is_number = folded.len() < 4 && folded.bytes().all(|byte| byte.is_ascii_digit());
    is_number || folded.starts_with("urn:") || folded.starts_with("http") || KEPT_VALUES.contains(folded)
}

/// Whether a word within a name stays.
pub fn is_word(folded: &str) -> bool {
    KEPT_WORDS.contains(folded)
}

/// What of the local part of an address says whose it is also where it stands without the domain: as a login name, in a
/// path. `None` where it is short, a word, or many people's.
pub fn own_local(local: &str) -> Option<&str> {
    let own = local.split('+').next().unwrap_or(local);
    let folded = own.to_lowercase();
    let is_plain = own.chars().all(|character| character.is_alphanumeric() || "._-'".contains(character));
    let is_of_many = KEPT_LOCALS.contains(&folded) || is_word(&folded) || is_value(&folded) || is_label(&folded);
    let is_own = is_plain && !is_of_many && own.chars().count() >= 4 && own.starts_with(char::is_alphabetic);
    is_own.then_some(own)
}

/// Whether a label of a host name stays.
pub fn is_label(folded: &str) -> bool {
    KEPT_LABELS.contains(folded)
}

/// What of a host name says whose it is: the labels before the end that everybody shares; it comes folded.
pub fn own_labels(host: &str) -> impl Iterator<Item = &str> {
    let suffix = SUFFIXES
        .iter()
        .find(|suffix| host.strip_suffix(**suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    let own = match suffix {
        Some(suffix) => &host[..host.len() - suffix.len()],
        None => host.rsplit_once('.').map_or("", |(own, _)| own),
    };
    own.split('.').filter(|label| !label.is_empty() && !is_label(label))
}

fn set(words: &str) -> HashSet<String> {
    words.split(',').map(|word| word.trim().to_lowercase()).collect()
}
