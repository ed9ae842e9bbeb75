//! What a cached step's random generators begin with.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use flownote_engine::{Options, Start};
use flownote_flow::cache::CacheMode::{self, Off, ReadWrite};
use flownote_flow::event::{Policy, RunStatus};
use flownote_store::Store;
use serde_json::json;

use crate::flow::{foreach_flow, on_one_thread, options, record, run};
use crate::remembered::Version;
use crate::reuse::memory;
use crate::scripted::{Act, Script};

/// Attempt → the seed that its worker was given.
type Seeds = BTreeMap<String, Option<String>>;

/// Runs `version`, of which the first attempt of `fit/0` fails, in a store of its own.
async fn seeds(version: &Version, mode: CacheMode) -> Seeds {
    let store: Store = memory().await;
    let retry = json!([{"name": "retry", "attributes": {"times": 1, "minutes_between_retries": 0}, "source": "step", "line": 1}]);
    let start = Start::New(record("r", foreach_flow(retry), Policy::default()));
    let options = Options { reuse: version.reuse(mode), ..options(&store, start, 1) };
    let given = Rc::new(RefCell::new(Seeds::new()));
    let (seen, working) = (Rc::clone(&given), version.clone());
    let script: Script = Rc::new(move |spec| {
        let attempt = format!("{}/{}.{}", spec["step"], spec["task"], spec["attempt"]);
        let attempt = attempt.replace('"', "");
        let seed = spec["seed"].as_str().map(str::to_owned);
        let fails = attempt == "fit/0.0";
        seen.borrow_mut().insert(attempt, seed);
        if fails { Act::Die(1 << 8) } else { Act::Report(working.run(spec)) }
    });
    assert_eq!(run(options, script).await.expect("runs").status, RunStatus::Succeeded);
    given.take()
}

#[test]
fn equal_work_begins_with_equal_seeds_and_other_work_with_others() {
    on_one_thread(async {
        let version = Version::new(2, &[1, 3, 1]);
        let first = seeds(&version, ReadWrite).await;
        assert!(first.values().all(Option::is_some), "{first:?}");
        assert_eq!(first, seeds(&version, ReadWrite).await);
        assert_ne!(first["fit/0.0"], first["fit/1.0"], "another item");
        assert_ne!(first["fit/0.0"], first["fit/0.1"], "the next attempt has other luck");
        let changed = seeds(&version.clone().with("fit", "2"), ReadWrite).await;
        assert_eq!(changed["start/0.0"], first["start/0.0"]);
        assert_ne!(changed["fit/1.0"], first["fit/1.0"], "other code");
        let uncached = seeds(&version, Off).await;
        assert!(uncached.values().all(Option::is_none), "{uncached:?}");
    });
}
