//! What one area found: names with values, as a table for people and as flat JSON for comparisons.

use crate::measure::Spread;
use anyhow::Context;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::path::{Path, PathBuf};

/// The figures of one area, in the order they were added.
pub(crate) struct Figures {
    area: &'static str,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    value: Value,
    about: String,
}

impl Figures {
    /// No figures yet.
    pub(crate) fn new(area: &'static str) -> Self {
        let mut figures = Self { area, rows: Vec::new() };
        figures.text("area", area);
        figures
    }

    /// Adds words.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.add(name, value.into(), "");
    }

    /// Adds a number of one measurement.
    pub(crate) fn number(&mut self, name: &str, value: f64, about: &str) {
        self.add(name, rounded(value), about);
    }

    /// Adds the median of several runs; the table shows the lowest and the highest too.
    pub(crate) fn spread(&mut self, name: &str, spread: &Spread, about: &str) {
        let range = format!("{about} ({} to {})", rounded(spread.low), rounded(spread.high));
        self.add(name, rounded(spread.median), range.trim_start());
    }

    fn add(&mut self, name: &str, value: Value, about: &str) {
        self.rows.push(Row { name: name.to_owned(), value, about: about.to_owned() });
    }

    /// Writes `AREA.json` into a directory: one object whose values are numbers and words.
    pub(crate) fn save(&self, directory: &Path) -> anyhow::Result<PathBuf> {
        let object: Map<String, Value> = self.rows.iter().map(|row| (row.name.clone(), row.value.clone())).collect();
        let path = directory.join(format!("{}.json", self.area));
        let text = format!("{}\n", serde_json::to_string_pretty(&object)?);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(path)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        table.set_header(["figure", "value", "what (lowest to highest run)"]);
        for row in &self.rows {
            let value = row.value.as_str().map_or_else(|| row.value.to_string(), str::to_owned);
            table.add_row([row.name.as_str(), &value, &row.about]);
        }
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        write!(f, "{table}")
    }
}

/// Four significant digits: more would be noise.
fn rounded(value: f64) -> Value {
    if value == 0.0 {
        return Value::from(0);
    }
    let scale = if value.abs() < 1000.0 { 10_f64.powi(3 - value.abs().log10().floor() as i32) } else { 1.0 };
    let short = (value * scale).round() / scale;
    if short.fract() == 0.0 {
        Value::from(short as i64)
    } else {
        Number::from_f64(short).map_or(Value::Null, Value::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_four_digits() {
        let shown = [0.0, 0.012_345_6, 1.234_56, 99.996, 123_456.7, f64::NAN].map(|value| rounded(value).to_string());
        assert_eq!(shown, ["0", "0.01235", "1.235", "100", "123457", "null"]);
    }

    #[test]
    fn the_file_is_flat() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut figures = Figures::new("law");
        figures.number("assess_per_s", 1234.5, "");
        figures.spread("ratio_explain", &Spread::of(vec![0.5, 0.25, 0.75]), "");
        let text = std::fs::read_to_string(figures.save(directory.path()).expect("is written")).expect("is there");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value, serde_json::json!({"area": "law", "assess_per_s": 1235, "ratio_explain": 0.5}));
    }
}
