//! Answers of query services, in which a row is a list and not an object.
//!
//! Enters: raw JSON. Leaves: the rows as objects, keyed by the names of the columns.

use super::path;

/// A row whose cells are objects: `[{"field": …, "value": …}, …]` as CloudWatch Insights has it,
/// or one object a column as CloudTrail Lake has it. Appends the row as one object.
pub(super) fn row(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let (mut cells, mut fits) = (0, true);
    out.push(b'{');
    path::elements(raw, |cell| {
        let (mut name, mut value, mut keys) = (None, None, 0);
        path::members(cell, |key, inner| {
            keys += 1;
            match (key, inner) {
                (b"field", [b'"', name_of @ .., b'"']) => name = Some(name_of),
                (b"value", inner) => value = Some(inner),
                _ => {}
            }
            if keys == 1 && name.is_none() && value.is_none() {
                (name, value) = (Some(key), Some(inner));
            }
            true
        });
        fits = match (name, value) {
            (Some(name), Some(value)) if keys == 1 || keys == 2 && cell_of_pairs(cell) => {
                member(name, value, out);
                true
            }
            _ => false,
        };
        cells += 1;
        fits
    });
    out.push(b'}');
    if !fits || cells < 2 {
        out.truncate(start);
        return false;
    }
    true
}

fn cell_of_pairs(cell: &[u8]) -> bool {
    let mut known = true;
    path::members(cell, |key, _| {
        known &= matches!(key, b"field" | b"value");
        known
    });
    known
}

/// The rows of an Athena result; the first one repeats the names of the columns.
pub(super) fn result_set(raw: &[u8], each: &mut dyn FnMut(&[u8])) -> bool {
    let mut names: Vec<&[u8]> = Vec::new();
    path::find(raw, "ResultSetMetadata.ColumnInfo.Name", &mut |name| {
        if let [b'"', name @ .., b'"'] = name {
            names.push(name);
        }
    });
    let Some(rows) = path::first(raw, "Rows") else {
        return false;
    };
    let mut first = true;
    let mut object = Vec::new();
    path::elements(rows, |row| {
        let mut cells: Vec<&[u8]> = Vec::new();
        if let Some(data) = path::first(row, "Data") {
            path::elements(data, |cell| {
                cells.push(path::first(cell, "VarCharValue").unwrap_or(b"null"));
                true
            });
        }
        let inner = |cell: &&[u8]| match cell {
            [b'"', inner @ .., b'"'] => Some(inner.to_vec()),
            _ => None,
        };
        if std::mem::take(&mut first) {
            let heads: Vec<Vec<u8>> = cells.iter().filter_map(inner).collect();
            if names.is_empty() && heads.len() == cells.len() {
                names = cells.iter().map(|cell| &cell[1..cell.len() - 1]).collect();
                return true;
            }
            if heads == names {
                return true;
            }
        }
        object.clear();
        object.push(b'{');
        for (name, cell) in names.iter().zip(&cells) {
            member(name, cell, &mut object);
        }
        object.push(b'}');
        each(&object);
        true
    });
    true
}

/// The rows of an answer of Log Analytics: the names of the columns stand beside them.
pub(super) fn columns_and_rows(raw: &[u8], each: &mut dyn FnMut(&[u8])) -> bool {
    let mut names: Vec<&[u8]> = Vec::new();
    let (Some(columns), Some(rows)) = (path::first(raw, "columns"), path::first(raw, "rows"))
    else {
        return false;
    };
    if columns.first() != Some(&b'[') || rows.first() != Some(&b'[') {
        return false;
    }
    path::elements(columns, |column| {
        // Some tools write down the names alone.
        match (path::first(column, "name"), column) {
            (Some([b'"', name @ .., b'"']), _) | (None, [b'"', name @ .., b'"']) => {
                names.push(name)
            }
            _ => {}
        }
        true
    });
    let mut object = Vec::new();
    path::elements(rows, |row| {
        object.clear();
        object.push(b'{');
        let mut cells = 0;
        if row.first() == Some(&b'[') {
            path::elements(row, |cell| {
                if let Some(name) = names.get(cells).filter(|_| cell != b"null") {
                    member(name, cell, &mut object);
                }
                cells += 1;
                true
            });
        }
        object.push(b'}');
        each(&object);
        true
    });
    !names.is_empty()
}

/// Appends a member; the name as it stood between its quotes.
fn member(name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    if !out.ends_with(b"{") {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(name);
    out.extend_from_slice(b"\":");
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_lists_become_objects() {
        let table = [
            (
                r#"[{"field":"@timestamp","value":"t"},{"value":"{\"a\":1}","field":"@message"}]"#,
                Some(r#"{"@timestamp":"t","@message":"{\"a\":1}"}"#),
            ),
            (
                r#"[{"eventID":"1"},{"eventName":null}]"#,
                Some(r#"{"eventID":"1","eventName":null}"#),
            ),
            (r#"[{"a":1}]"#, None),
            (r#"[{"a":1,"b":2},{"a":1,"b":2}]"#, None),
            (r#"[{"field":"a"},{"field":"b","value":1}]"#, None),
            ("[1,2]", None),
            ("[]", None),
        ];
        for (raw, want) in table {
            let mut out = Vec::new();
            let made = row(raw.as_bytes(), &mut out);
            let text = String::from_utf8_lossy(&out).into_owned();
            assert_eq!(made.then_some(text).as_deref(), want, "{raw}");
        }
    }

    #[test]
    fn a_result_set_names_its_columns_once() {
        let rows = r#"[{"Data":[{"VarCharValue":"a"},{"VarCharValue":"b"}]},
            {"Data":[{"VarCharValue":"1"},{}]}]"#;
        let info = r#""ResultSetMetadata":{"ColumnInfo":[{"Name":"a"},{"Name":"b"}]}"#;
        for raw in [
            format!(r#"{{"Rows":{rows}}}"#),
            format!(r#"{{"Rows":{rows},{info}}}"#),
            format!(r#"{{"Rows":[{{"Data":[{{"VarCharValue":"1"}},{{}}]}}],{info}}}"#),
        ] {
            let mut out = Vec::new();
            assert!(result_set(raw.as_bytes(), &mut |row| {
                out.push(String::from_utf8_lossy(row).into_owned());
            }));
            assert_eq!(out, [r#"{"a":"1","b":null}"#], "{raw}");
        }
        assert!(!result_set(b"{}", &mut |_| {}));
    }
}
