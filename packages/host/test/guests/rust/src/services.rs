//! Settings, stores and the log, by the interfaces of a plugin's host.

use crate::bindings::wasi::config::store as config;
use crate::bindings::wasi::keyvalue::store::{Bucket, open};
use crate::bindings::wasi::logging::logging::{Level, log};
use crate::{Outcome, kebab};
use std::cell::RefCell;

thread_local! {
    /// A store that was opened by one call and is used by later ones.
    static HELD: RefCell<Option<Bucket>> = const { RefCell::new(None) };
}

pub fn run(operation: &str, args: &[&str]) -> Option<Outcome> {
    Some(match (operation, args) {
        ("config-get", [key]) => config::get(key).map_err(kebab).and_then(|value| value.ok_or("unset".into())),
        ("config-all", []) => config::get_all()
            .map(|all| all.iter().map(|(key, value)| format!("{key}={value}\n")).collect())
            .map_err(kebab),
        ("store-hold", [name]) => open(name).map_err(kebab).map(|store| {
            HELD.set(Some(store));
            "held".into()
        }),
        ("store-held", [what, key]) => HELD.with_borrow(|held| match held {
            Some(store) => on(store, what, key).unwrap_or_else(|| Err(format!("no operation {what}"))),
            None => Err("nothing held".into()),
        }),
        ("log", [text]) => {
            log(Level::Info, "guest", text);
            Ok("logged".into())
        }
        (what, [name, key]) => {
            let what = what.strip_prefix("store-")?;
            open(name).map_err(kebab).and_then(|store| on(&store, what, key).unwrap_or_else(|| Err("no operation".into())))
        }
        _ => return None,
    })
}

fn on(store: &Bucket, what: &str, key: &str) -> Option<Outcome> {
    Some(match what {
        "get" => store.get(key).map_err(kebab).map(|value| format!("{} bytes", value.map_or(0, |v| v.len()))),
        "set" => store.set(key, b"value").map_err(kebab).map(|()| "set".into()),
        "delete" => store.delete(key).map_err(kebab).map(|()| "deleted".into()),
        "exists" => store.exists(key).map_err(kebab).map(|found| found.to_string()),
        "list" => store.list_keys(None).map_err(kebab).map(|response| format!("{} keys", response.keys.len())),
        _ => return None,
    })
}
