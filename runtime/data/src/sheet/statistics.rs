//! What a column is made of: counts, extremes, quantiles, a small histogram, what is frequent.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::expr_fn::{
    approx_distinct, approx_percentile_cont, avg, count, count_distinct, max, min, percentile_cont,
    stddev,
};
use datafusion::logical_expr::{Expr, cast, ident, lit, when};
use datafusion::prelude::SessionContext;
use serde_json::Value;

use super::order::numbered;
use super::{View, a_number, kind};
use crate::error::{Error, Source};
use crate::frame::Frame;
use crate::preview::values;

/// Bars of a histogram.
const BARS: u32 = 24;
/// Frequent values that are named.
const TOP: usize = 8;
/// Of more different values than this nothing is frequent.
const COUNTED: u64 = 1_000_000;
/// Of tables with more rows than this, what needs all values at once is known nearly.
const EXACT: usize = 1_000_000;
/// Characters of a value that is named.
const LONGEST: usize = 80;

/// What a column is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Rows of the view.
    pub rows: u64,
    /// Those without a value: null, or no number.
    pub nulls: u64,
    /// How many different values.
    pub distinct: Option<u64>,
    /// The least value.
    pub min: Value,
    /// The greatest.
    pub max: Value,
    /// The mean of finite numbers.
    pub mean: Option<f64>,
    /// Their standard deviation.
    pub deviation: Option<f64>,
    /// The quartiles of finite numbers.
    pub quartiles: Option<[f64; 3]>,
    /// Whether different values and quartiles are exact: of many rows they are known nearly.
    pub is_exact: bool,
    /// How numbers and times are distributed.
    pub histogram: Option<Histogram>,
    /// The most frequent values of texts and truths.
    pub top: Vec<Top>,
}

/// How many values are where between the least and the greatest.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The least value.
    pub from: f64,
    /// The greatest.
    pub to: f64,
    /// The bars, of equal width.
    pub counts: Vec<u64>,
}

/// A frequent value.
#[derive(Clone, Debug, PartialEq)]
pub struct Top {
    /// Which.
    pub value: Value,
    /// How often.
    pub count: u64,
}

/// Looks at a column of the rows of a view.
pub(crate) async fn statistics(
    context: &SessionContext,
    frame: &Frame,
    view: &View,
    column: &str,
) -> Result<Statistics, Error> {
    let Ok(field) = frame.schema().field_with_name(column) else {
        let known = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
        return Err(Error::UnknownColumn { name: column.to_owned(), known, place: None });
    };
    let source = view.source();
    let field = field.clone();
    // Of a wide table all columns are planned: without a condition one will do.
    let frame = match view.is_plain() {
        true => numbered(&only(frame, column)?)?,
        false => numbered(frame)?,
    };
    let is_exact = frame.rows() <= EXACT;
    let table = context.read_table(Arc::new(frame));
    let table = table.map_err(|error| source.explain(&error))?;
    let look = Look {
        table: view.narrow(&context.state(), table)?,
        source,
        column: plain(ident(column), field.data_type()),
        data_type: value_type(field.data_type()).clone(),
        is_exact,
    };
    look.look().await
}

/// The table with one column.
fn only(frame: &Frame, column: &str) -> Result<Frame, Error> {
    let failed = |error: arrow::error::ArrowError| Error::Run { message: error.to_string() };
    let place = frame.schema().index_of(column).map_err(failed)?;
    let schema = Arc::new(frame.schema().project(&[place]).map_err(failed)?);
    let batches = frame.batches().iter().map(|batch| batch.project(&[place]));
    Ok(Frame::new(schema, batches.collect::<Result<_, _>>().map_err(failed)?))
}

struct Look<'a> {
    table: DataFrame,
    source: Source<'a>,
    column: Expr,
    data_type: DataType,
    is_exact: bool,
}

impl Look<'_> {
    async fn look(self) -> Result<Statistics, Error> {
        let what = kind(&self.data_type);
        let value = || self.column.clone();
        let mut asked = vec![count(lit(1i64)).alias("rows"), count(value()).alias("known")];
        let compares = !matches!(what, "binary" | "nested") && self.data_type != DataType::Null;
        // Of fractions nobody asks how many are different.
        let counts = compares && !self.data_type.is_floating();
        if counts {
            let distinct = if self.is_exact { count_distinct } else { approx_distinct };
            asked.push(distinct(value()).alias("distinct"));
        }
        if compares {
            asked.push(min(value()).alias("min"));
            asked.push(max(value()).alias("max"));
        }
        let number = self.number();
        if let Some(number) = &number {
            asked.push(min(number.clone()).alias("least"));
            asked.push(max(number.clone()).alias("greatest"));
        }
        if what == "number"
            && let Some(number) = &number
        {
            asked.push(avg(number.clone()).alias("mean"));
            asked.push(stddev(number.clone()).alias("deviation"));
            for (name, part) in [("q1", 0.25), ("q2", 0.5), ("q3", 0.75)] {
                let (sorted, part) = (number.clone().sort(true, false), lit(part));
                let quartile = match self.is_exact {
                    true => percentile_cont(sorted, part),
                    false => approx_percentile_cont(sorted, part, None),
                };
                asked.push(quartile.alias(name));
            }
        }
        let found = self.aggregate(vec![], asked).await?;
        let whole = |name: &str| whole(&found, name).unwrap_or(0);
        let float = |name: &str| float(&found, name);
        let shown = |name: &str| match found.first().and_then(|it| it.column_by_name(name)) {
            Some(array) => values(array.as_ref(), LONGEST).into_iter().next().unwrap_or_default(),
            None => Value::Null,
        };
        let rows = whole("rows");
        let mut statistics = Statistics {
            rows,
            is_exact: self.is_exact,
            nulls: rows - whole("known").min(rows),
            distinct: counts.then(|| whole("distinct").min(whole("known"))),
            min: shown("min"),
            max: shown("max"),
            mean: float("mean"),
            deviation: float("deviation"),
            quartiles: match (float("q1"), float("q2"), float("q3")) {
                (Some(first), Some(second), Some(third)) => Some([first, second, third]),
                _ => None,
            },
            ..Statistics::default()
        };
        if let (Some(number), Some(least), Some(greatest)) =
            (number, float("least"), float("greatest"))
        {
            statistics.histogram = Some(self.histogram(number, least, greatest).await?);
        }
        if matches!(what, "text" | "boolean")
            && statistics.distinct.is_some_and(|distinct| (1..=COUNTED).contains(&distinct))
        {
            statistics.top = self.top().await?;
        }
        Ok(statistics)
    }

    /// Finite numbers and points of time as numbers; none of what is neither.
    fn number(&self) -> Option<Expr> {
        let value = self.column.clone();
        match &self.data_type {
            DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                let value = cast(value, DataType::Float64);
                let is_finite = value
                    .clone()
                    .lt(lit(f64::INFINITY))
                    .and(value.clone().gt(lit(f64::NEG_INFINITY)));
                when(is_finite, value).end().ok()
            }
            other if other.is_numeric() => Some(cast(value, DataType::Float64)),
            DataType::Date32 | DataType::Time32(_) => {
                Some(cast(cast(value, DataType::Int32), DataType::Float64))
            }
            DataType::Date64 | DataType::Time64(_) | DataType::Timestamp(..) => {
                Some(cast(cast(value, DataType::Int64), DataType::Float64))
            }
            _ => None,
        }
    }

    async fn histogram(&self, number: Expr, from: f64, to: f64) -> Result<Histogram, Error> {
        let mut bars = BARS;
        if self.data_type.is_integer() && to - from < f64::from(BARS) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 24"
            )]
            let whole = (to - from) as u32;
            bars = whole + 1;
        }
        if to <= from {
            bars = 1;
        }
        let mut counts = vec![0; bars as usize];
        let width = (to - from) / f64::from(bars);
        // Each integer has a bar of its own, if there are few.
        let width = if self.data_type.is_integer() && bars < BARS { 1.0 } else { width };
        let place = if bars == 1 {
            when(number.clone().is_not_null(), lit(0i64)).end()
        } else {
            Ok(cast((number - lit(from)) / lit(width), DataType::Int64))
        };
        let place = place.map_err(|error| self.source.explain(&error))?;
        let asked = vec![count(lit(1i64)).alias("count")];
        for batch in self.aggregate(vec![place.alias("place")], asked).await? {
            let places = batch.column(0).as_primitive::<Int64Type>();
            let numbers = batch.column(1).as_primitive::<Int64Type>();
            for row in (0..batch.num_rows()).filter(|row| places.is_valid(*row)) {
                let place = usize::try_from(places.value(row)).unwrap_or(0).min(counts.len() - 1);
                counts[place] += u64::try_from(numbers.value(row)).unwrap_or(0);
            }
        }
        Ok(Histogram { from, to, counts })
    }

    async fn top(&self) -> Result<Vec<Top>, Error> {
        let explain = |error| self.source.explain(&error);
        let table = self.table.clone();
        let table = table.filter(self.column.clone().is_not_null()).map_err(explain)?;
        let asked = vec![count(lit(1i64)).alias("__count")];
        let counted =
            table.aggregate(vec![self.column.clone().alias("__value")], asked).map_err(explain)?;
        let order = vec![ident("__count").sort(false, false), ident("__value").sort(true, false)];
        let first = counted.sort(order).and_then(|it| it.limit(0, Some(TOP))).map_err(explain)?;
        let mut top = Vec::new();
        for batch in first.collect().await.map_err(explain)? {
            let numbers = batch.column(1).as_primitive::<Int64Type>();
            let named = values(batch.column(0).as_ref(), LONGEST);
            top.extend(named.into_iter().enumerate().map(|(row, value)| Top {
                value,
                count: u64::try_from(numbers.value(row)).unwrap_or(0),
            }));
        }
        Ok(top)
    }

    async fn aggregate(
        &self,
        groups: Vec<Expr>,
        asked: Vec<Expr>,
    ) -> Result<Vec<RecordBatch>, Error> {
        let explain = |error| self.source.explain(&error);
        let table = self.table.clone().aggregate(groups, asked).map_err(explain)?;
        table.collect().await.map_err(explain)
    }
}

fn value_type(kind: &DataType) -> &DataType {
    match kind {
        DataType::Dictionary(_, values) => value_type(values),
        DataType::RunEndEncoded(_, values) => value_type(values.data_type()),
        other => other,
    }
}

fn plain(column: Expr, kind: &DataType) -> Expr {
    let values = value_type(kind);
    let column = if values == kind { column } else { cast(column, values.clone()) };
    // pandas has NaN where others have null.
    if values.is_floating() { a_number(column) } else { column }
}

fn whole(found: &[RecordBatch], name: &str) -> Option<u64> {
    let array = found.first()?.column_by_name(name)?;
    match array.data_type() {
        DataType::UInt64 => Some(array.as_primitive::<UInt64Type>().value(0)),
        _ => u64::try_from(array.as_primitive_opt::<Int64Type>()?.value(0)).ok(),
    }
}

fn float(found: &[RecordBatch], name: &str) -> Option<f64> {
    let array = found.first()?.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
    (array.is_valid(0) && array.value(0).is_finite()).then(|| array.value(0))
}
