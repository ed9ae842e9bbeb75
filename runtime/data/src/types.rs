//! Arrow types as other readers want them, and as pyarrow names them.

use std::sync::Arc;

use arrow::datatypes::{
    DataType, Field, FieldRef, Fields, IntervalUnit, Schema, SchemaRef, TimeUnit,
};

/// The schema of a result as it is written: without views and run-end encoding, which older
/// readers don't know, and with dictionaries only as whole columns.
pub(crate) fn exported(schema: &Schema) -> SchemaRef {
    let fields: Fields = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Dictionary(keys, values) => {
                let kind = DataType::Dictionary(keys.clone(), Box::new(widely_known(values)));
                Arc::new(field.as_ref().clone().with_data_type(kind))
            }
            _ => with_known_type(field),
        })
        .collect();
    Arc::new(Schema::new(fields))
}

fn widely_known(kind: &DataType) -> DataType {
    match kind {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::Dictionary(_, values) => widely_known(values),
        DataType::RunEndEncoded(_, values) => widely_known(values.data_type()),
        DataType::List(item) | DataType::ListView(item) => DataType::List(with_known_type(item)),
        DataType::LargeList(item) | DataType::LargeListView(item) => {
            DataType::LargeList(with_known_type(item))
        }
        DataType::FixedSizeList(item, size) => {
            DataType::FixedSizeList(with_known_type(item), *size)
        }
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(with_known_type).collect()),
        DataType::Map(entries, sorted) => DataType::Map(with_known_type(entries), *sorted),
        other => other.clone(),
    }
}

fn with_known_type(field: &FieldRef) -> FieldRef {
    let kind = widely_known(field.data_type());
    if kind == *field.data_type() {
        return Arc::clone(field);
    }
    Arc::new(field.as_ref().clone().with_data_type(kind))
}

/// A type as pyarrow writes it: `timestamp[us, tz=UTC]`.
pub(crate) fn name(kind: &DataType) -> String {
    match kind {
        DataType::Null => "null".into(),
        DataType::Boolean => "bool".into(),
        DataType::Float16 => "halffloat".into(),
        DataType::Float32 => "float".into(),
        DataType::Float64 => "double".into(),
        DataType::Utf8 => "string".into(),
        DataType::LargeUtf8 => "large_string".into(),
        DataType::Utf8View => "string_view".into(),
        DataType::Binary => "binary".into(),
        DataType::LargeBinary => "large_binary".into(),
        DataType::BinaryView => "binary_view".into(),
        DataType::FixedSizeBinary(size) => format!("fixed_size_binary[{size}]"),
        DataType::Date32 => "date32[day]".into(),
        DataType::Date64 => "date64[ms]".into(),
        DataType::Time32(unit) => format!("time32[{}]", unit_name(*unit)),
        DataType::Time64(unit) => format!("time64[{}]", unit_name(*unit)),
        DataType::Duration(unit) => format!("duration[{}]", unit_name(*unit)),
        DataType::Timestamp(unit, None) => format!("timestamp[{}]", unit_name(*unit)),
        DataType::Timestamp(unit, Some(zone)) => {
            format!("timestamp[{}, tz={zone}]", unit_name(*unit))
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => "month_day_nano_interval".into(),
        DataType::Decimal32(precision, scale) => format!("decimal32({precision}, {scale})"),
        DataType::Decimal64(precision, scale) => format!("decimal64({precision}, {scale})"),
        DataType::Decimal128(precision, scale) => format!("decimal128({precision}, {scale})"),
        DataType::Decimal256(precision, scale) => format!("decimal256({precision}, {scale})"),
        DataType::List(item) => format!("list<{}>", field_name(item)),
        DataType::LargeList(item) => format!("large_list<{}>", field_name(item)),
        DataType::FixedSizeList(item, size) => {
            format!("fixed_size_list<{}>[{size}]", field_name(item))
        }
        DataType::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(|field| field_name(field)).collect();
            format!("struct<{}>", fields.join(", "))
        }
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                format!("map<{}, {}>", name(pair[0].data_type()), name(pair[1].data_type()))
            }
            _ => "map".into(),
        },
        DataType::Dictionary(keys, values) => {
            format!("dictionary<values={}, indices={}, ordered=0>", name(values), name(keys))
        }
        other => other.to_string().to_lowercase(),
    }
}

fn field_name(field: &Field) -> String {
    let null = if field.is_nullable() { "" } else { " not null" };
    format!("{}: {}{null}", field.name(), name(field.data_type()))
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_as_pyarrow_names_them() {
        let item = |kind| Arc::new(Field::new("item", kind, true));
        let cases = [
            (DataType::Int64, "int64"),
            (DataType::UInt8, "uint8"),
            (
                DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
                "timestamp[us, tz=UTC]",
            ),
            (DataType::Decimal128(10, 2), "decimal128(10, 2)"),
            (DataType::List(item(DataType::Utf8)), "list<item: string>"),
            (
                DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::LargeUtf8)),
                "dictionary<values=large_string, indices=int8, ordered=0>",
            ),
        ];
        for (kind, expect) in cases {
            assert_eq!(name(&kind), expect);
        }
    }

    #[test]
    fn views_are_replaced_wherever_they_are() {
        let view = Arc::new(Field::new("item", DataType::Utf8View, true));
        let schema = Schema::new(vec![
            Field::new("a", DataType::Utf8View, true),
            Field::new("b", DataType::List(view), true),
            Field::new("c", DataType::LargeUtf8, true),
            Field::new(
                "d",
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8View)),
                true,
            ),
        ]);
        let names: Vec<String> =
            exported(&schema).fields().iter().map(|field| name(field.data_type())).collect();
        assert_eq!(
            names,
            [
                "string",
                "list<item: string>",
                "large_string",
                "dictionary<values=string, indices=int32, ordered=0>"
            ]
        );
    }
}
