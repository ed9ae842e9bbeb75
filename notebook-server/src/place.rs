//! A place of the page, said as people say it: a pathspec, a notebook, or the address at which
//! a colleague sees it, whose server is another.

use std::path::Path;

use flownote_flow::pathspec::Pathspec;
use flownote_store::{Error as StoreError, RunKey, Store};
use url::Url;

use crate::Error;

/// A place below the page's base, encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// Finds the place that a text means.
    ///
    /// # Errors
    /// When it means none, or names a run that the store hasn't.
    pub async fn of(text: &str, store: &Store) -> Result<Self, Error> {
        let wrong = || Error::Place { text: text.to_owned() };
        if let Some(found) = Self::of_address(text) {
            if let Some(spec) = found.pathspec() {
                spec_exists(&spec, store).await?;
            }
            return Ok(found);
        }
        if is_notebook(text) {
            let parts = text.trim_start_matches("./").split('/');
            return Ok(Self(
                ["notebooks".to_owned()]
                    .into_iter()
                    .chain(parts.map(encode))
                    .collect::<Vec<_>>()
                    .join("/"),
            ));
        }
        let spec: Pathspec = text.parse().map_err(|_| wrong())?;
        let spec = spec_exists(&spec, store).await?;
        let (flow, run) = (spec.flow.ok_or_else(wrong)?, spec.run);
        let mut place = format!("runs/{}", encode(flow.as_str()));
        let Some(run) = run else { return Ok(Self(place)) };
        place.push_str(&format!("/{}", encode(run.as_str())));
        match (spec.step, spec.task, spec.artifact) {
            (Some(step), Some(task), artifact) => {
                place.push_str(&format!("/{}/{}", encode(step.as_str()), encode(task.as_str())));
                if let Some(artifact) = artifact {
                    place.push_str(&format!("?tab=artifacts&artifact={}", encode(&artifact)));
                }
            }
            (Some(step), None, _) => place.push_str(&format!("?step={}", encode(step.as_str()))),
            (None, ..) => {}
        }
        Ok(Self(place))
    }

    /// The place below the base.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The place in the address of a page, wherever that is served.
    fn of_address(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        // A base may stand before it.
        let places = ["runs", "notebooks", "compare", "data", "health"];
        let at = parts.iter().position(|part| places.contains(part))?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(Self(format!("{}{query}", parts[at..].join("/"))))
    }

    /// The run or task that it shows.
    fn pathspec(&self) -> Option<Pathspec> {
        let path = self.0.split('?').next().unwrap_or_default();
        let spec = path.strip_prefix("runs/").filter(|spec| spec.contains('/'))?;
        spec.parse().ok()
    }
}

/// The same pathspec, its run a whole id that the store has.
async fn spec_exists(spec: &Pathspec, store: &Store) -> Result<Pathspec, Error> {
    let (Some(flow), Some(run)) = (&spec.flow, &spec.run) else { return Ok(spec.clone()) };
    let key = RunKey { flow: flow.clone(), run: run.clone() };
    match store.run_record(&key).await {
        Ok(_) => {}
        Err(StoreError::Missing { .. }) => {
            return Err(Error::NoSuchRun { run: key.to_string(), store: store.url().to_string() });
        }
        Err(error) => return Err(Error::Store(Box::new(error))),
    }
    Ok(spec.clone())
}

fn is_notebook(text: &str) -> bool {
    let ending = Path::new(text).extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("ipynb" | "py")) && !text.starts_with('/')
}

fn encode(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let encoded = part.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_place_is_said_in_several_ways() {
        let store =
            Store::open(&flownote_store::StoreUrl::Memory, Default::default()).await.unwrap();
        let place = async |text: &str| Place::of(text, &store).await.map(|it| it.0);
        assert_eq!(place("Recommend").await.unwrap(), "runs/Recommend");
        assert_eq!(place("notes/my tour.ipynb").await.unwrap(), "notebooks/notes/my%20tour.ipynb");
        let address = "http://127.0.0.1:8765/hub/ana/compare?runs=A%2F1,A%2F2";
        assert_eq!(place(address).await.unwrap(), "compare?runs=A%2F1,A%2F2");
        assert!(matches!(place("a b").await, Err(Error::Place { .. })));
        let run = "Recommend/20261122T101512345-8f2c9a";
        assert!(matches!(place(run).await, Err(Error::NoSuchRun { .. })));
        let address = format!("https://hub/x/runs/{run}/train/3?tab=code");
        assert!(matches!(place(&address).await, Err(Error::NoSuchRun { .. })));
    }
}
