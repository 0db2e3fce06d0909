//! The admin API of `serve`: the control plane over HTTP, beside the tenant and with a token of its own.
//!
//! JSON in and out; `Authorization: Bearer ADMIN-TOKEN` on every request. A
//! body may be left out where every member may. Answers are 200 with an object
//! (`token`, `mails`, `id` where an action gives one); 400 for a body that
//! cannot be read, 409 when the app refuses the action, both with `error`.
//!
//! | request | body | what happens |
//! | --- | --- | --- |
//! | `GET /admin/state` | | seats, users with their state, token, plan, mapping, outbox |
//! | `POST /admin/reset` | | an empty tenant, as at the start, with the first token |
//! | `POST /admin/set-seats` | `{"seats": 3}` | the organisation has so many seats |
//! | `POST /admin/verify-email` | `{"id": "…"}` | the person opens the link in the mail |
//! | `POST /admin/accept-invitation` | `{"id": "…"}` | the person accepts |
//! | `POST /admin/revoke-token` | | the token in use is revoked |
//! | `POST /admin/expire-token` | | its time is over |
//! | `POST /admin/new-token` | `{"days": 90}` | a new token, shown this once; `days` may be left out |
//! | `POST /admin/delete-configuration` | | SCIM is off, its token dead |
//! | `POST /admin/set-up-again` | `{"days": 90}` | SCIM is on again with a new token, where plan and sign-on allow |
//! | `POST /admin/outbox` | `{"address": "…"}` | how many mails went there, and what they were |
//! | `POST /admin/create-account` | `{"address": "…", "name": "…", "state": "active"}` | an account that SCIM did not make: `active`, `deactivated`, `pending`, `other-organisation` or `solo` |
//! | `POST /admin/map-groups` | `{"table": {"Sales": "Sales EU"}}` | values of the group attribute place people in groups; `{}` switches it off |
//! | `POST /admin/preview-groups` | `{"table": {"Sales": "Sales EU"}}` | whom that table would move, which values it lacks, which groups it would make |
//! | `POST /admin/weather` | `{"throttle": "2", "times": 3, "method": "POST", "path": "/Users"}` | the next answers are weather: one of `throttle` (Retry-After or null), `status`, `gateway` (a status), `silence` (seconds), `drop` (true) |
//! | `POST /admin/remove-in-app` | `{"id": "…"}` | somebody tries to remove a member inside the app |
//! | `POST /admin/set-role` | `{"id": "…", "role": "admin"}` | a role, which SCIM never changes |
//! | `POST /admin/set-plan` | `{"plan": "standard", "sso": false}` | plan and single sign-on; either may be left out |
//!
//! `id` is the SCIM id of a user; `userName` may stand in its place.

mod actions;
mod api;
mod shared;
mod view;

pub use api::Admin;
pub use shared::Shared;
