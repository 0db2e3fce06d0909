//! `scimulator serve`: the reference server for people and other programs, on the computer's own clock.

use std::net::SocketAddr;

use super::arguments::ServeArgs;
use super::error::CliError;
use super::{interrupt, print, runtime, selection};
use crate::clock::Clock;
use crate::context::Context;
use crate::exit::ExitCode;
use crate::faults;
use crate::server::{Served, Settings, serve as start};
use crate::yaml::nearest;

/// Runs the subcommand until it is interrupted.
pub(super) fn serve(context: &Context, args: &ServeArgs) -> Result<ExitCode, CliError> {
    selection::faults(&args.fault)?;
    let behaviours = selection::behaviours(&args.behave)?;
    let Some(mut settings) = Settings::persona(&args.persona) else {
        return Err(CliError::usage(format!("there is no persona `{}`", args.persona))
            .guess(nearest(&args.persona, Settings::personas()))
            .hint(format!("there are {}", Settings::personas().collect::<Vec<_>>().join(", "))));
    };
    settings.seats = args.seats.or(settings.seats);
    settings.seed = args.seed.unwrap_or(context.seed);
    for behaviour in &behaviours {
        behaviour.set(&mut settings);
    }
    runtime::start()?.block_on(async {
        let address = SocketAddr::new(args.host, args.port);
        let served = start(settings, address, Clock::real(), |service| {
            let broken = args.fault.iter().fold(service, |service, fault| {
                faults::wrap(fault, service).expect("the names of faults have been checked")
            });
            behaviours.iter().fold(broken, |service, behaviour| behaviour.wrap(service))
        });
        let served = served.map_err(|error| {
            CliError::usage(format!("cannot listen on {address}"))
                .with_code(ExitCode::CouldNotTest)
                .caused_by(error)
                .hint("`--port 0` takes any free port")
        })?;
        print(&banner(&served, args))?;
        interrupt::interruption().await;
        served.stop().await;
        Ok(ExitCode::Conformant)
    })
}

fn banner(served: &Served, args: &ServeArgs) -> String {
    let (base, token) = (served.base_url(), served.token());
    let (admin, admin_token) = (served.admin_url(), served.admin_token());
    let line = |label: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!("  {label:<9}  {}\n", names.join(", ")),
    };
    let changed = line("broken", &args.fault) + &line("behaves", &args.behave);
    format!(
        "the reference server, persona {persona}; Ctrl-C ends it\n\n  \
         base URL   {base}\n  token      {token}\n  admin      {admin}\n  admin token {admin_token}\n{changed}\n\
         try\n  curl -sS '{base}/Users' -H 'Authorization: Bearer {token}'\n  \
         SCIMULATOR_TOKEN={token} scimulator run --target {base}\n",
        persona = args.persona,
    )
}
