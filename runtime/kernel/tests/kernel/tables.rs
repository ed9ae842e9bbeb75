//! SQL beside Python, with both real interpreters: the Python that `FLOWNOTE_TEST_PYTHON`
//! names must have `flownote_studio` and pandas.

use std::collections::BTreeMap;

use flownote_kernel::supervisor::{Event, InterpreterState, Reply, Request};
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_notebook::{Cell, CellId};

use crate::support::{Open, Project, python, python_launch, shown, sql, tables_launch};

async fn open(project: &Project, cells: &[Cell]) -> Option<Open> {
    let (Some(python), Some(tables)) = (python_launch(), tables_launch()) else {
        eprintln!("skipped: FLOWNOTE_TEST_PYTHON has no flownote_studio with pandas");
        return None;
    };
    let launches = BTreeMap::from([(Group::Python, python), (Group::Tables, tables)]);
    Some(project.open(cells, launches).await)
}

fn cells() -> [Cell; 4] {
    [
        python("import", "import pandas as pd"),
        python("load", "frame = pd.DataFrame({'a': [1, 2, 3], 'b': list('xyx')})"),
        sql("sum", "-- out: total\nselect b, sum(a) as s from frame group by b order by b"),
        python("use", "print(type(total).__module__.split('.')[0], total.s.tolist())"),
    ]
}

#[tokio::test]
async fn a_data_frame_goes_to_sql_and_what_sql_made_of_it_comes_back() {
    let project = Project::new();
    let Some(mut open) = open(&project, &cells()).await else { return };
    let events = open.run_all().await;
    assert_eq!(open.text("use").await, "pandas [4, 2]\n", "{}", shown(&events));
    for cell in ["load", "sum", "use"] {
        assert_eq!(open.status(cell).await, CellStatus::Fresh { reused: None }, "{cell}");
    }
    open.close().await;
    // Opened again, all is there: the cell at the end is given what SQL made.
    let mut open = self::open(&project, &cells()).await.expect("as before");
    let events = open.run_cell("use").await;
    let started = events.iter().filter(|it| matches!(it.event, Event::Started { .. })).count();
    assert_eq!((started, shown(&events).as_str()), (1, "pandas [4, 2]\n"));
    open.close().await;
}

#[tokio::test]
async fn a_frame_that_is_kept_in_its_own_form_is_converted_and_not_computed_again() {
    let project = Project::new();
    let Some(mut open) = open(&project, &cells()).await else { return };
    open.run_all().await;
    open.close().await;
    let mut open = self::open(&project, &cells()).await.expect("as before");
    let events = open.run_cell("sum").await;
    let started = events.iter().filter_map(|it| match &it.event {
        Event::Started { cell, .. } => Some(cell.as_str()),
        _ => None,
    });
    assert_eq!(started.collect::<Vec<_>>(), ["sum"], "{events:#?}");
    open.run_cell("use").await;
    assert_eq!(open.text("use").await, "pandas [4, 2]\n");
    open.close().await;
}

#[tokio::test]
async fn a_view_is_a_name_like_others_and_is_made_again_in_a_new_session() {
    let project = Project::new();
    let cells = [
        python("import", "import pandas as pd"),
        python("load", "frame = pd.DataFrame({'a': [1, 2, 3]})"),
        sql("view", "create view big as select * from frame where a > 1"),
        sql("count", "-- out: n\nselect count(*) as n from big"),
        python("use", "print(n.n.tolist())"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    let events = open.run_all().await;
    assert_eq!(open.text("use").await, "[2]\n", "{}", shown(&events));
    let source = "frame = pd.DataFrame({'a': [1, 2, 3, 4]})".to_owned();
    open.handle
        .operate(flownote_notebook::Operation::Edit { cell: "load".into(), source })
        .await
        .expect("edited");
    for cell in ["view", "count", "use"] {
        let status = open.status(cell).await;
        assert!(matches!(status, CellStatus::Stale { .. }), "{cell}: {status:?}");
    }
    open.run_cell("use").await;
    assert_eq!(open.text("use").await, "[3]\n");
    open.close().await;

    let mut again = cells.to_vec();
    again[1].source = "frame = pd.DataFrame({'a': [1, 2, 3, 4]})".into();
    let mut open = self::open(&project, &again).await.expect("as before");
    let events = open.run_cell("count").await;
    let started = events.iter().filter_map(|it| match &it.event {
        Event::Started { cell, .. } => Some(cell.as_str()),
        _ => None,
    });
    assert_eq!(started.collect::<Vec<_>>(), ["view", "count"], "{}", shown(&events));
    open.close().await;
}

#[tokio::test]
async fn sql_that_is_wrong_says_so_and_another_value_gives_another_result() {
    let project = Project::new();
    let mut cells = cells().to_vec();
    cells.push(sql("wrong", "select nothing from frame"));
    let Some(mut open) = open(&project, &cells).await else { return };
    let events = open.run_all().await;
    assert!(shown(&events).contains("nothing"), "{}", shown(&events));
    assert_eq!(open.status("wrong").await, CellStatus::Failed);
    let edit = flownote_notebook::Operation::Edit {
        cell: "load".into(),
        source: "frame = pd.DataFrame({'a': [10], 'b': ['x']})".into(),
    };
    open.handle.operate(edit).await.expect("edited");
    open.run(RunRequest::Above { cell: "wrong".into() }).await;
    assert_eq!(open.text("use").await, "pandas [10]\n");
    open.close().await;
}

#[tokio::test]
async fn what_cells_made_and_showed_can_be_looked_at_as_a_table() {
    let project = Project::new();
    let cells = [
        python("load", "import pandas as pd\nframe = pd.DataFrame({'a': range(2000)})\nframe"),
        python("part", "frame.head(700)"),
        sql("query", "select a from frame where a % 2 = 0 order by a"),
        python("text", "text = 'no table'"),
        python("change", "frame['a'] = 0"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    let look = async |open: &Open, cell: &str, name: &str| {
        let (cell, name) = (CellId::new(cell), name.to_owned());
        match open.handle.ask(Request::Table { cell, name }).await {
            Ok(Reply::Table { value }) => {
                let rows = value.record.meta.get("rows").and_then(|it| it.as_u64());
                assert!(value.path.as_ref().is_none_or(|path| path.exists()), "{value:?}");
                Ok(rows.expect("a table"))
            }
            Ok(other) => panic!("{other:?}"),
            Err(problem) => Err(problem.message),
        }
    };
    let refused = look(&open, "load", "frame").await.expect_err("nothing ran");
    assert_eq!(refused, "cell 1 has not run: `frame` isn't there");
    open.run_all().await;
    assert_eq!(look(&open, "load", "frame").await, Ok(2000));
    assert_eq!(look(&open, "part", "frame").await, Ok(2000), "as it read it");
    assert_eq!(look(&open, "part", "table 1").await, Ok(700));
    assert_eq!(look(&open, "query", "table 1").await, Ok(1000));
    assert_eq!(look(&open, "text", "text").await, Err("`text` is no table".to_owned()));
    let missing = look(&open, "load", "table 9").await.expect_err("never shown");
    assert!(missing.contains("is not in this Python process"), "{missing}");
    let language = flownote_notebook::Language::Python;
    open.handle.kill(language).await.expect("killed");
    let ended = |event: &Event| {
        matches!(event, Event::Interpreter { state: InterpreterState::Ended { .. }, .. })
    };
    open.until(ended).await;
    assert_eq!(look(&open, "part", "table 1").await, Ok(700), "it lies where others read it");
    let gone = look(&open, "load", "table 9").await.expect_err("never shown");
    assert_eq!(gone, "what the cell showed went with the interpreter that had it");
    open.close().await;
}
