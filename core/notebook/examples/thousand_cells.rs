//! How long it takes to know the names of a thousand cells: cold, when the facts of each are
//! known by the digest of its text, and after one of them was edited.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flownote_notebook::Language;
use flownote_notebook::facts::{self, Facts};
use flownote_notebook::resolve::{Source, resolve};

const CELLS: usize = 1_000;
const ROUNDS: usize = 21;

/// A notebook as people write them: imports, helpers, a chain of frames, plots, a model.
fn notebook() -> Vec<String> {
    let mut cells = vec![
        "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\n".to_owned(),
        "%matplotlib inline\nplt.rcParams['figure.figsize'] = (8, 4)\nSEED = 7\n".to_owned(),
    ];
    for at in 0..CELLS - cells.len() {
        let mut cell = format!("# Step {at} of the analysis\n");
        let _ = match at % 6 {
            0 => write!(
                cell,
                "def clean_{at}(frame, columns=None, *, limit=10.0):\n    \"\"\"Drops what is too far out.\"\"\"\n    \
                 columns = columns or [c for c in frame.columns if frame[c].dtype != object]\n    \
                 kept = frame[(np.abs(frame[columns]) < limit * SEED).all(axis=1)]\n    \
                 return kept.assign(step={at}, total=lambda f: f[columns].sum(axis=1))\n"
            ),
            1 => write!(
                cell,
                "df_{at} = clean_{0}(pd.read_csv(f'data/part_{at}.csv', parse_dates=['when']))\n\
                 df_{at}['day'] = df_{at}['when'].dt.date\ndf_{at}.head()\n",
                at - 1
            ),
            2 => write!(
                cell,
                "by_day = (df_{0}.groupby('day', as_index=False)\n    .agg(total=('total', 'sum'), n=('total', 'size'))\n    \
                 .query('n > @SEED')\n    .sort_values('total', ascending=False))\nprint(len(by_day), by_day.total.mean())\n",
                at - 1
            ),
            3 => write!(
                cell,
                "fig, ax = plt.subplots()\nfor name, group in df_{0}.groupby('step'):\n    \
                 ax.plot(group['day'], group['total'], label=f'{{name}}: {{len(group):,}}')\n\
                 ax.set_title('Totals by day')\nax.legend()\nplt.show()\n",
                at - 2
            ),
            4 => write!(
                cell,
                "class Model_{at}:\n    def __init__(self, rate=0.1):\n        self.rate = rate\n        self.weights = None\n\n    \
                 def fit(self, x, y):\n        self.weights = np.linalg.lstsq(x, y * self.rate, rcond=None)[0]\n        \
                 return self\n\n    def predict(self, x):\n        return x @ self.weights + SEED\n"
            ),
            _ => write!(
                cell,
                "x = by_day[['n']].to_numpy()\nmodel_{at} = Model_{0}(rate=0.5).fit(x, by_day['total'])\n\
                 errors = by_day['total'] - model_{at}.predict(x)\n\
                 scores_{at} = {{q: float(np.quantile(errors, q)) for q in (0.1, 0.5, 0.9)}}\n\
                 try:\n    best = min(best, errors.std())\nexcept NameError:\n    best = errors.std()\nscores_{at}\n",
                at - 1
            ),
        };
        cells.push(cell);
    }
    cells
}

/// Facts by what they depend on alone.
#[derive(Default)]
struct Known(HashMap<blake3::Hash, Arc<Facts>>);

impl Known {
    fn facts(&mut self, source: &str) -> Arc<Facts> {
        let digest = blake3::hash(source.as_bytes());
        let facts = || Arc::new(facts::facts(Language::Python, source));
        self.0.entry(digest).or_insert_with(facts).clone()
    }
}

fn solve(cells: &[String], known: &mut Known) -> usize {
    let facts: Vec<Arc<Facts>> = cells.iter().map(|cell| known.facts(cell)).collect();
    let sources: Vec<Source<'_>> = facts
        .iter()
        .map(|facts| Source { language: Language::Python, facts, delta: None })
        .collect();
    resolve(&sources).cells.iter().map(|cell| cell.reads.len()).sum()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let mut cells = notebook();
    let mut cold = Vec::new();
    let mut warm = Vec::new();
    let mut edited = Vec::new();
    let mut reads = 0;
    for round in 0..ROUNDS {
        let mut known = Known::default();
        let start = Instant::now();
        reads = solve(&cells, &mut known);
        cold.push(start.elapsed());
        let start = Instant::now();
        assert_eq!(solve(&cells, &mut known), reads);
        warm.push(start.elapsed());
        cells[CELLS / 2].push_str(&format!("edit_{round} = {round}\n"));
        let start = Instant::now();
        solve(&cells, &mut known);
        edited.push(start.elapsed());
    }
    let bytes: usize = cells.iter().map(String::len).sum();
    println!("{CELLS} cells, {} kB, {reads} names read", bytes / 1024);
    println!("cold    {:>8.2} ms", median(cold).as_secs_f64() * 1e3);
    println!("cached  {:>8.2} ms", median(warm).as_secs_f64() * 1e3);
    println!("edited  {:>8.2} ms", median(edited).as_secs_f64() * 1e3);
}
