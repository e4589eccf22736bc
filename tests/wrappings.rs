//! What collectors put around a record: of every source the same events come out of it.
//!
//! `testdata/<source>` holds the exports a source has of its own; here its records go through the
//! wrappings that any log may have been through on its way.

mod common;

use std::collections::BTreeSet;

use base64::Engine;
use common::{events, testdata};
use ctadel::normalize::SOURCES;
use serde_json::{Map, Value, json};

/// Puts the records of a log into a file.
type Wrap = fn(&[Value]) -> String;

/// One line a record.
fn lines(records: &[Value], line: impl Fn(&Value) -> String) -> String {
    records
        .iter()
        .map(|record| format!("{}\n", line(record)))
        .collect()
}

/// One document with a member for each record.
fn each(records: &[Value], item: impl Fn(&Value) -> Value) -> Value {
    records.iter().map(item).collect()
}

fn base64(record: &Value) -> String {
    base64::engine::general_purpose::STANDARD.encode(record.to_string())
}

/// A cell of CSV.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The record with dots in its names where it has objects in objects.
fn flat(record: &Value) -> Map<String, Value> {
    fn spread(name: &str, value: &Value, out: &mut Map<String, Value>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    let name = match name {
                        "" => key.clone(),
                        name => format!("{name}.{key}"),
                    };
                    spread(&name, value, out);
                }
            }
            Value::Array(list) if !list.is_empty() => {
                for (at, value) in list.iter().enumerate() {
                    spread(&format!("{name}[{at}]"), value, out);
                }
            }
            value => drop(out.insert(name.to_owned(), value.clone())),
        }
    }
    let mut out = Map::new();
    spread("", record, &mut out);
    out
}

const WRAPPINGS: &[(&str, Wrap)] = &[
    ("lines", |r| lines(r, Value::to_string)),
    ("lines with blanks", |r| {
        lines(r, |r| format!("\n  {r}  \n"))
    }),
    ("array", |r| json!(r).to_string()),
    ("pretty array", |r| format!("{:#}", json!(r))),
    ("behind each other", |r| {
        lines(r, Value::to_string).replace('\n', "")
    }),
    ("pretty, behind each other", |r| {
        lines(r, |r| format!("{r:#}"))
    }),
    ("commas, no brackets", |r| lines(r, |r| format!("{r},"))),
    ("array with a comma too much", |r| {
        format!("[{}]", lines(r, |r| format!("{r},")))
    }),
    ("array of strings", |r| {
        each(r, |r| json!(r.to_string())).to_string()
    }),
    ("lines of strings", |r| {
        lines(r, |r| json!(r.to_string()).to_string())
    }),
    ("Records", |r| json!({"Records": r}).to_string()),
    ("records", |r| {
        json!({"count": r.len(), "records": r, "z": null}).to_string()
    }),
    ("value", |r| {
        format!(
            "{:#}",
            json!({"value": r, "nextLink": "https://api.example.com/?page=2"})
        )
    }),
    ("entries", |r| {
        json!({"entries": r, "nextPageToken": "x"}).to_string()
    }),
    ("items", |r| {
        json!({"apiVersion": "v1", "items": r}).to_string()
    }),
    ("Items", |r| json!({"Items": r, "Count": 2}).to_string()),
    ("events", |r| {
        json!({"events": r, "total_count": 2}).to_string()
    }),
    ("Events", |r| {
        json!({"Events": r, "NextToken": "x"}).to_string()
    }),
    ("logs", |r| json!({"logs": r}).to_string()),
    ("data", |r| {
        json!({"data": r, "page": {"next": null}}).to_string()
    }),
    ("results", |r| json!({"results": r}).to_string()),
    ("result", |r| json!({"result": r}).to_string()),
    ("rows", |r| json!({"rows": r}).to_string()),
    ("messages", |r| json!({"messages": r}).to_string()),
    ("search answer", |r| {
        let hit = |r: &Value| json!({"_index": "logs", "_id": "1", "_score": 1.0, "_source": r});
        let hits = each(r, hit);
        json!({"took": 3, "timed_out": false, "hits": {"total": {"value": 2}, "hits": hits}})
            .to_string()
    }),
    ("elasticdump", |r| {
        lines(r, |r| {
            json!({"_index": "logs", "_type": "_doc", "_id": "1", "_source": r}).to_string()
        })
    }),
    ("search answer with messages", |r| {
        let hit = |r: &Value| json!({"_id": "1", "_source": {"@timestamp": "2026-05-12T10:00:00Z", "message": r.to_string()}});
        json!({"hits": {"hits": each(r, hit)}}).to_string()
    }),
    ("Splunk export", |r| {
        lines(r, |r| {
            json!({"preview": false, "offset": 0, "result": {"_time": "2026-05-12 10:00:00.000 UTC", "_raw": r.to_string(), "host": "h", "source": "s"}}).to_string()
        })
    }),
    ("Splunk results", |r| {
        json!({"preview": false, "init_offset": 0, "results": each(r, |r| json!({"_time": "1", "_raw": r.to_string(), "index": "main"}))}).to_string()
    }),
    ("Splunk collector", |r| {
        lines(r, |r| {
            json!({"time": 1778580000.1, "host": "h", "source": "s", "sourcetype": "_json", "event": r}).to_string()
        })
    }),
    ("Splunk CSV", |r| {
        format!(
            "\"_time\",\"_raw\",host\n{}",
            lines(r, |r| format!("\"2026-05-12\",{},h", cell(&r.to_string())))
        )
    }),
    ("Kibana CSV", |r| {
        format!(
            "\"@timestamp\",message\n{}",
            lines(r, |r| format!(
                "\"May 12, 2026 @ 10:00:00.000\",{}",
                cell(&r.to_string())
            ))
        )
    }),
    ("one column", |r| {
        format!("event\n{}", lines(r, |r| cell(&r.to_string())))
    }),
    ("Logstash", |r| {
        lines(r, |r| {
            json!({"@timestamp": "2026-05-12T10:00:00Z", "@version": "1", "message": r.to_string(), "tags": []}).to_string()
        })
    }),
    ("Elastic agent", |r| {
        lines(r, |r| {
            json!({"@timestamp": "2026-05-12T10:00:00Z", "agent": {"type": "filebeat"}, "event": {"dataset": "x", "original": r.to_string()}}).to_string()
        })
    }),
    ("Elastic with flat names", |r| {
        lines(r, |r| {
            json!({"@timestamp": "2026-05-12T10:00:00Z", "log.level": "info", "event.original": r.to_string()}).to_string()
        })
    }),
    ("Vector", |r| {
        lines(r, |r| {
            json!({"file": "/var/log/x", "host": "h", "message": r.to_string(), "source_type": "file", "timestamp": "2026-05-12T10:00:00Z"}).to_string()
        })
    }),
    ("Fluent Bit", |r| {
        lines(r, |r| {
            json!({"date": 1778580000.1, "log": r.to_string()}).to_string()
        })
    }),
    ("Fluent Bit, parsed", |r| {
        lines(r, |r| {
            json!({"date": 1778580000.1, "kubernetes": {"pod_name": "x"}, "log": r}).to_string()
        })
    }),
    ("Fluentd file", |r| {
        lines(r, |r| format!("2026-05-12T10:00:00+00:00\tkube.audit\t{r}"))
    }),
    ("Docker", |r| {
        lines(r, |r| {
            json!({"log": format!("{r}\n"), "stream": "stdout", "time": "2026-05-12T10:00:00.1Z"})
                .to_string()
        })
    }),
    ("CRI", |r| {
        lines(r, |r| {
            format!("2026-05-12T10:00:00.123456789Z stdout F {r}")
        })
    }),
    ("kubectl logs with names", |r| {
        lines(r, |r| format!("[pod/falco-x7/falco] {r}"))
    }),
    ("syslog", |r| {
        lines(r, |r| {
            format!("<134>1 2026-05-12T10:00:00Z host app 1 - - {r}")
        })
    }),
    ("old syslog", |r| {
        lines(r, |r| format!("May 12 10:00:00 host app[1]: {r}"))
    }),
    ("journal", |r| {
        lines(r, |r| {
            json!({"__REALTIME_TIMESTAMP": "1778580000000000", "_HOSTNAME": "h", "MESSAGE": r.to_string()}).to_string()
        })
    }),
    ("Kafka", |r| {
        lines(r, |r| {
            json!({"topic": "audit", "partition": 0, "offset": 7, "key": null, "payload": r})
                .to_string()
        })
    }),
    ("Kafka, as text", |r| {
        lines(r, |r| {
            json!({"topic": "audit", "partition": 0, "offset": 7, "key": null, "value": r.to_string()}).to_string()
        })
    }),
    ("OpenTelemetry", |r| {
        let record =
            |r: &Value| json!({"timeUnixNano": "1", "body": {"stringValue": r.to_string()}});
        json!({"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {}, "logRecords": each(r, record)}]}]}).to_string()
    }),
    ("CloudEvents", |r| {
        lines(r, |r| {
            json!({"specversion": "1.0", "id": "1", "type": "t", "source": "s", "data": r})
                .to_string()
        })
    }),
    ("CloudWatch subscription", |r| {
        let event = |r: &Value| json!({"id": "1", "timestamp": 1778580000000_i64, "message": r.to_string()});
        json!({"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "g", "logStream": "s", "subscriptionFilters": ["f"], "logEvents": each(r, event)}).to_string()
    }),
    ("CloudWatch answer", |r| {
        let event = |r: &Value| json!({"logStreamName": "s", "timestamp": 1778580000000_i64, "message": r.to_string(), "ingestionTime": 1778580000000_i64, "eventId": "1"});
        format!(
            "{:#}",
            json!({"events": each(r, event), "searchedLogStreams": []})
        )
    }),
    ("CloudWatch export", |r| {
        lines(r, |r| format!("2026-05-12T10:00:00.000Z {r}"))
    }),
    ("EventBridge", |r| {
        lines(r, |r| {
            json!({"version": "0", "id": "1", "detail-type": "x", "source": "custom", "account": "111122223333", "time": "2026-05-12T10:00:00Z", "region": "eu-west-1", "resources": [], "detail": r}).to_string()
        })
    }),
    ("SNS", |r| {
        lines(r, |r| {
            json!({"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": r.to_string()}).to_string()
        })
    }),
    ("SQS", |r| {
        json!({"Messages": each(r, |r| json!({"MessageId": "1", "ReceiptHandle": "x", "Body": r.to_string()}))}).to_string()
    }),
    ("SQS of a function", |r| {
        json!({"Records": each(r, |r| json!({"messageId": "1", "body": r.to_string(), "eventSource": "aws:sqs"}))}).to_string()
    }),
    ("Kinesis", |r| {
        json!({"Records": each(r, |r| json!({"SequenceNumber": "1", "Data": base64(r), "PartitionKey": "k"})), "MillisBehindLatest": 0}).to_string()
    }),
    ("Kinesis of a function", |r| {
        json!({"Records": each(r, |r| json!({"kinesis": {"data": base64(r), "sequenceNumber": "1"}, "eventSource": "aws:kinesis"}))}).to_string()
    }),
    ("Firehose of a function", |r| {
        json!({"invocationId": "1", "records": each(r, |r| json!({"recordId": "1", "approximateArrivalTimestamp": 1, "data": base64(r)}))}).to_string()
    }),
    ("Pub/Sub pull", |r| {
        each(r, |r| json!({"ackId": "x", "message": {"data": base64(r), "messageId": "1", "publishTime": "2026-05-12T10:00:00Z"}})).to_string()
    }),
    ("Pub/Sub push", |r| {
        lines(r, |r| {
            json!({"message": {"data": base64(r), "messageId": "1"}, "subscription": "projects/p/subscriptions/s"}).to_string()
        })
    }),
    ("Loki", |r| {
        let line = |r: &Value| json!(["1778580000000000000", r.to_string()]);
        json!({"status": "success", "data": {"resultType": "streams", "result": [{"stream": {"app": "x"}, "values": each(r, line)}]}}).to_string()
    }),
    ("Graylog", |r| {
        let message = |r: &Value| json!({"message": {"_id": "1", "timestamp": "2026-05-12T10:00:00Z", "message": r.to_string()}, "index": "graylog_0"});
        json!({"messages": each(r, message), "total_results": 2}).to_string()
    }),
    ("envelope in an envelope", |r| {
        lines(r, |r| {
            json!({"message": json!({"log": r.to_string()}).to_string()}).to_string()
        })
    }),
    ("a list in every message", |r| {
        json!({"Records": [{"body": json!({"Records": r}).to_string()}]}).to_string()
    }),
];

/// The test records of a source, as its log writes them.
fn records_of(source: &str) -> Vec<Value> {
    let shapes = common::files(&testdata().join(source));
    let events = events(shapes.first().expect("one shape at least"));
    let parsed = events.iter().map(|(raw, _)| serde_json::from_slice(raw));
    parsed.map(|record| record.expect("JSON")).collect()
}

/// Everything that the events in a text say.
fn told(text: &str) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    let events = events(file.path()).into_iter();
    let mut told: Vec<_> = events.map(|(_, event)| format!("{event:?}")).collect();
    told.sort();
    told
}

#[test]
fn no_wrapping_changes_what_a_record_says() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        let records = records_of(source.name);
        let want = told(&json!(records).to_string());
        assert_eq!(want.len(), records.len(), "{}", source.name);
        for (name, wrap) in WRAPPINGS {
            let found = told(&wrap(&records));
            if found != want {
                let other = found.iter().find(|line| !want.contains(line));
                let missed = want.iter().find(|line| !found.contains(line));
                wrong.push(format!(
                    "{} in {name}: {} of {}\n  want {missed:?}\n  got {other:?}",
                    source.name,
                    found.len(),
                    want.len()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Searches and tables write `protoPayload.methodName` for an object in an object. A table knows no
/// numbers and no absent values: what an event says is the same for all that.
#[test]
fn flat_names_say_what_the_records_say() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        let records = records_of(source.name);
        let rows: Vec<Map<String, Value>> = records.iter().map(flat).collect();
        let names: BTreeSet<&String> = rows.iter().flat_map(Map::keys).collect();
        let text_of = |value: Option<&Value>| match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => cell(text),
            Some(value) => cell(&value.to_string()),
        };
        let line = |row: &Map<String, Value>| {
            let cells: Vec<String> = names.iter().map(|name| text_of(row.get(*name))).collect();
            format!("{}\n", cells.join(","))
        };
        let head: Vec<String> = names.iter().map(|name| cell(name)).collect();
        let table: String = rows.iter().map(line).collect();
        let search = lines(&records, |record| {
            json!({"preview": false, "result": flat(record)}).to_string()
        });
        let want = brief(&json!(records).to_string());
        for (kind, text) in [
            ("a search", search),
            ("a table", format!("{}\n{table}", head.join(","))),
        ] {
            let found = brief(&text);
            let other = found.iter().zip(&want).find(|(found, want)| found != want);
            if found != want {
                wrong.push(format!(
                    "{} in {kind}: {} {other:#?}",
                    source.name,
                    found.len()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an event says, without what only the whole record tells.
fn brief(text: &str) -> Vec<[String; 6]> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    let mut told: Vec<_> = events(file.path())
        .into_iter()
        .map(|(_, event)| {
            [
                event.time.to_string(),
                event.action,
                format!("{:?}", event.outcome),
                event.actor.id,
                format!("{:?}", event.source_ip),
                event.account.unwrap_or_default(),
            ]
        })
        .collect();
    told.sort();
    told
}
