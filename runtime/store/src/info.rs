//! How large a store is, and what fills it.

use std::collections::BTreeMap;

use flownote_flow::id::FlowName;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::first_use;
use crate::gc::{Amount, Marks};
use crate::keys::{self, BLOBS, RUNS, RunKey, TRASH};
use crate::store::Store;

/// What one flow keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowInfo {
    /// The flow.
    pub flow: FlowName,
    /// Its runs.
    pub runs: u64,
    /// The objects of its runs: records, logs, results.
    pub objects: Amount,
    /// The blobs that it refers to. What several flows share counts for each.
    pub blobs: Amount,
}

/// What a store keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreInfo {
    /// Its address.
    pub store: String,
    /// Its format; absent while nothing was written.
    pub format: Option<u64>,
    /// Each flow, the largest first.
    pub flows: Vec<FlowInfo>,
    /// All blobs, each once.
    pub blobs: Amount,
    /// Blobs that no run refers to; `gc` takes them away.
    pub unreferenced: Amount,
    /// Blobs in the trash.
    pub trash: Amount,
    /// Objects that aren't blobs.
    pub objects: Amount,
    /// Everything together.
    pub total: Amount,
}

impl Store {
    /// Measures the store.
    pub async fn info(&self) -> Result<StoreInfo> {
        let format = match self.readable().await? {
            Some(objects) => first_use::check_format(self, &*objects).await?,
            None => None,
        };
        let mut blobs = BTreeMap::new();
        for meta in self.list_deep(BLOBS).await? {
            if let Some(name) = meta.location.filename().filter(|name| keys::is_digest(name)) {
                blobs.insert(name.to_owned(), meta.size);
            }
        }
        let mut info = StoreInfo {
            store: self.url().to_string(),
            format,
            flows: Vec::new(),
            blobs: sum(blobs.values()),
            unreferenced: Amount::default(),
            trash: sum(self.list_deep(TRASH).await?.iter().map(|meta| &meta.size)),
            objects: Amount::default(),
            total: Amount::default(),
        };
        let mut unreferenced = blobs.clone();
        for flow in self.flows().await? {
            let (found, marks) = self.flow_info(flow, &blobs).await?;
            unreferenced.retain(|digest, _| !marks.contains(digest));
            info.flows.push(found);
        }
        info.unreferenced = sum(unreferenced.values());
        info.flows.sort_by_key(|flow| std::cmp::Reverse(flow.blobs.bytes + flow.objects.bytes));
        for name in self.list_top().await? {
            let Some(folder) = name.strip_suffix('/') else { continue };
            if ![BLOBS, TRASH, "staging"].contains(&folder) {
                for meta in self.list_deep(folder).await? {
                    info.objects.add(meta.size);
                }
            }
        }
        for amount in [info.blobs, info.trash, info.objects] {
            info.total.count += amount.count;
            info.total.bytes += amount.bytes;
        }
        Ok(info)
    }

    async fn flow_info(
        &self,
        flow: FlowName,
        blobs: &BTreeMap<String, u64>,
    ) -> Result<(FlowInfo, Marks)> {
        let mut marks = Marks::default();
        let folder = format!("{RUNS}/{flow}");
        let names = self.list(&folder).await?;
        let runs: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix('/')).collect();
        for run in &runs {
            self.mark_run(&RunKey::new(flow.clone(), *run), &mut marks).await?;
        }
        let info = FlowInfo {
            runs: runs.len() as u64,
            objects: sum(self.list_deep(&folder).await?.iter().map(|meta| &meta.size)),
            blobs: sum(blobs.iter().filter(|(digest, _)| marks.contains(digest)).map(|(_, n)| n)),
            flow,
        };
        Ok((info, marks))
    }
}

fn sum<'a>(sizes: impl Iterator<Item = &'a u64>) -> Amount {
    let mut amount = Amount::default();
    for size in sizes {
        amount.add(*size);
    }
    amount
}
