//! Requests at the same moment, over real HTTP: what there is one of goes to one.

use scimulator::clock::Clock;
use scimulator::server::{Host, Settings, Tenant};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::support::{USER, client, object};

/// Sends all bodies at once; gives the statuses, sorted, and how many users there are afterwards.
async fn at_once(settings: Settings, bodies: Vec<Value>) -> (Vec<u16>, u64) {
    let host = Host::start(([127, 0, 0, 1], 0).into()).unwrap();
    let clock = Clock::real();
    let settings = Settings { base_url: host.base_url("race"), ..settings };
    let mounted = host.mount("race", Box::new(Tenant::new(settings, clock.now())), clock);
    let client = client();
    let (url, token) = (format!("{}/Users", mounted.base_url()), mounted.token());
    let mut requests = JoinSet::new();
    for body in bodies {
        let request = client
            .post(&url)
            .bearer_auth(&token)
            .header("Content-Type", "application/scim+json")
            .body(body.to_string());
        requests.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let mut statuses = requests.join_all().await;
    statuses.sort_unstable();
    let list = client.get(&url).bearer_auth(&token).send().await.unwrap().text().await.unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    (statuses, list["totalResults"].as_u64().unwrap())
}

fn user(name: &str) -> Value {
    json!({ "schemas": [USER], "userName": name })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_seat_goes_to_one_of_many() {
    let calendly = Settings::persona("calendly").unwrap().with(&object(json!({ "seats": 1 }))).unwrap();
    let bodies = (0..5).map(|number| user(&format!("u{number}@x"))).collect();
    assert_eq!(at_once(calendly, bodies).await, (vec![201, 403, 403, 403, 403], 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_name_goes_to_one_of_many() {
    let bodies = (0..5).map(|_| user("same@x")).collect();
    assert_eq!(at_once(Settings::default(), bodies).await, (vec![201, 409, 409, 409, 409], 1));
}
