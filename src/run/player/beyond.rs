//! Bodies that are one more than a limit of the target.

use serde_json::Value;

use super::End;
use crate::http::Request;
use crate::scim::name;

/// A longer list is not sent to anybody. The limit that the RFC's example states, 1000, is below.
const MAX_ELEMENTS: usize = 2_000;
/// … nor a larger body.
const MAX_BYTES: usize = 8 << 20;

/// Makes a body larger than a limit that the target states: of `bytes`, or of the elements of a list.
///
/// The last element is repeated; bytes are blanks after the JSON, which change nothing of what it says.
pub(super) fn exceed(request: &mut Request, what: &str, limit: &Value) -> Result<(), End> {
    let Some(limit) = limit.as_u64().and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0) else {
        return Err(End::Inconclusive(format!("the target states no limit of {what}, but {limit}")));
    };
    let most = if what == "bytes" { MAX_BYTES } else { MAX_ELEMENTS };
    if limit >= most {
        return Err(End::Skipped(format!("the target takes {limit} {what}, more than {most}, which is not tried")));
    }
    if what == "bytes" {
        let mut body = request.body.as_deref().unwrap_or_default().to_vec();
        body.resize(body.len().max(limit + 1), b' ');
        request.body = Some(body.into());
        return Ok(());
    }
    let mut body = request.json().unwrap_or_default();
    let list = body.as_object_mut().and_then(|members| name::get_mut(members, what)).and_then(Value::as_array_mut);
    let repeated = list.as_ref().and_then(|list| list.last().cloned());
    let (Some(list), Some(repeated)) = (list, repeated) else {
        return Err(End::Broken(format!("the body has no elements under `{what}` to repeat")));
    };
    list.resize(list.len().max(limit + 1), repeated);
    request.body = Some(body.to_string().into());
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::Method;

    fn request() -> Request {
        Request::new(Method::Post, "/Bulk").with_json(&json!({"Operations": [1, 2]}))
    }

    #[test]
    fn a_body_is_one_more_than_allowed() {
        let mut longer = request();
        exceed(&mut longer, "Operations", &json!(3)).unwrap();
        assert_eq!(longer.json(), Some(json!({"Operations": [1, 2, 2, 2]})));
        let mut larger = request();
        exceed(&mut larger, "bytes", &json!(100)).unwrap();
        assert_eq!((larger.body.as_ref().map(bytes::Bytes::len), larger.json()), (Some(101), request().json()));
    }

    #[test]
    fn what_is_no_limit_or_a_very_high_one_is_not_tried() {
        assert!(matches!(exceed(&mut request(), "bytes", &json!("much")), Err(End::Inconclusive(_))));
        assert!(matches!(exceed(&mut request(), "bytes", &json!(1_u64 << 40)), Err(End::Skipped(_))));
        assert!(matches!(exceed(&mut request(), "Operations", &json!(100_000)), Err(End::Skipped(_))));
        assert!(matches!(exceed(&mut request(), "Resources", &json!(3)), Err(End::Broken(_))));
    }
}
