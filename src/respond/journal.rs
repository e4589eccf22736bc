//! The response journal: what was meant, on the disk, before it is sent.
//!
//! Enter plans, intents and outcomes; leave what happened, readable by whoever comes next. One
//! file an action, each line holding the hash of the one before. A [`Permit`] for one change is
//! only to be had here, after its intent has reached the disk.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::gate::Approval;
use super::identity;
use super::plan::{Bindings, Plan, Step};
use crate::case::journal::{self, JournalError, Writer};
use crate::model::Time;

/// Leave for one change: its intent is on the disk. Nothing else makes one.
#[derive(Debug)]
pub struct Permit {
    action: String,
}

impl Permit {
    /// The action whose intent it is.
    pub fn action(&self) -> &str {
        &self.action
    }
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The chain or the file.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The folder.
    #[error("{doing} {}", path.display())]
    Folder {
        /// What was tried.
        doing: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Another run is acting.
    #[error("another response is under way: {} is locked", path.display())]
    Busy {
        /// The lock.
        path: PathBuf,
    },
    /// A journal without a plan.
    #[error("{}: the journal does not begin with a plan that can be read", path.display())]
    Strange {
        /// The file.
        path: PathBuf,
    },
}

/// How one call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// The provider says so.
    Done,
    /// It was so already.
    Already,
    /// The provider refused.
    Failed,
    /// Nobody can say.
    Unknown,
}

impl Ended {
    /// The word printed.
    pub fn word(self) -> &'static str {
        match self {
            Ended::Done => "done",
            Ended::Already => "already",
            Ended::Failed => "failed",
            Ended::Unknown => "unknown",
        }
    }
}

/// The outcome of one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The step.
    pub seq: u32,
    /// The operation.
    pub op: String,
    /// How it ended.
    pub status: Ended,
    /// What the provider said, without secrets.
    pub error: Option<String>,
    /// The HTTP status.
    pub http: u16,
    /// The provider's name for the request.
    pub request_id: Option<String>,
    /// Values for placeholders of later steps.
    #[serde(default)]
    pub binds: Bindings,
    /// The fallback was taken in place of the step.
    #[serde(default)]
    pub fallback: bool,
}

/// What belongs to the first line beside the plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// The incident.
    #[serde(default)]
    pub incident: Option<String>,
    /// The command, secrets masked.
    pub argv: Vec<String>,
    /// ctadel's version.
    pub version: String,
    /// Who asked the provider.
    pub caller: String,
    /// Who approved, and how.
    pub approved: Vec<String>,
    /// The ticket.
    #[serde(default)]
    pub ticket: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// The machine.
    #[serde(default)]
    pub host: Option<String>,
    /// Guards that were looked at; those that were lifted begin with `!`.
    pub guards: Vec<String>,
    /// When somebody is to be reminded of it.
    #[serde(default)]
    pub due: Option<String>,
}

/// The folder of journals.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// Held by the one run that acts.
#[derive(Debug)]
pub struct Hold {
    _file: File,
}

impl Store {
    /// Journals in this folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Store {
        Store {
            folder: folder.into(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps other runs from acting until it is dropped.
    pub fn hold(&self) -> Result<Hold, RecordError> {
        let failed = |doing, path: &Path| {
            let path = path.to_owned();
            move |source| RecordError::Folder {
                doing,
                path,
                source,
            }
        };
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder
            .create(&self.folder)
            .map_err(failed("make", &self.folder))?;
        let path = self.folder.join("lock");
        let mut options = File::options();
        options.create(true).write(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(failed("write", &path))?;
        let mut locked = file.try_lock();
        // A program that is being started holds what its parent held, until it has begun.
        for _ in 0..10 {
            if !matches!(locked, Err(TryLockError::WouldBlock)) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
            locked = file.try_lock();
        }
        match locked {
            Ok(()) => Ok(Hold { _file: file }),
            Err(TryLockError::WouldBlock) => Err(RecordError::Busy { path }),
            Err(TryLockError::Error(source)) => Err(RecordError::Folder {
                doing: "lock",
                path,
                source,
            }),
        }
    }

    /// The ids of all actions, in order.
    pub fn ids(&self) -> Result<Vec<String>, RecordError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                let path = self.folder.clone();
                return Err(RecordError::Folder {
                    doing: "read",
                    path,
                    source,
                });
            }
        };
        let name = |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
        let names = entries.filter_map(name);
        let id = |name: String| name.strip_suffix(".jsonl").map(str::to_owned);
        let mut ids: Vec<String> = names
            .filter_map(id)
            .filter(|id| identity::is_id(id))
            .collect();
        ids.sort();
        Ok(ids)
    }

    /// The file of an action.
    pub fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.jsonl"))
    }

    /// One action; nothing where there is none, or where it was cut off before it began.
    pub fn record(&self, id: &str) -> Result<Option<Record>, RecordError> {
        let path = self.path(id);
        let contents = journal::read(&path)?;
        match Record::read(&contents, id) {
            Some(record) => Ok(Some(record)),
            None if contents.entries.is_empty() => Ok(None),
            None => Err(RecordError::Strange { path }),
        }
    }

    /// Every action that can be read, in order.
    pub fn records(&self) -> Result<Vec<Record>, RecordError> {
        let mut records = Vec::new();
        for id in self.ids()? {
            records.extend(self.record(&id)?);
        }
        Ok(records)
    }
}

/// What a journal tells of one action.
#[derive(Clone, Debug)]
pub struct Record {
    /// The action.
    pub id: String,
    /// When it began.
    pub begun: Time,
    /// What goes with the plan.
    pub begin: Begin,
    /// The plan.
    pub plan: Plan,
    /// Steps whose call was meant, and how it ended.
    pub calls: BTreeMap<u32, Option<Outcome>>,
    /// Values for placeholders.
    pub bindings: Bindings,
    /// What was seen afterwards: the check and whether it held.
    pub checks: Vec<(String, bool)>,
    /// The last word, where there is one.
    pub result: Option<String>,
    /// When that was.
    pub ended: Option<Time>,
    /// How many calls were meant in all: after a retry more than there are steps.
    pub intents: usize,
}

impl Record {
    fn read(contents: &journal::Contents, id: &str) -> Option<Record> {
        let mut entries = contents
            .entries
            .iter()
            .filter(|entry| entry.kind != "recovered");
        let first = entries.next().filter(|entry| entry.kind == "begin")?;
        let mut record = Record {
            id: id.to_owned(),
            begun: Time::parse(&first.ts)?,
            begin: serde_json::from_value(first.body["begin"].clone()).ok()?,
            plan: serde_json::from_value(first.body["plan"].clone()).ok()?,
            calls: BTreeMap::new(),
            bindings: serde_json::from_value(first.body["bindings"].clone()).ok()?,
            checks: Vec::new(),
            result: None,
            ended: None,
            intents: 0,
        };
        for entry in entries {
            match entry.kind.as_str() {
                "intent" => {
                    let seq = entry.body["seq"].as_u64()? as u32;
                    record.calls.insert(seq, None);
                    record.intents += 1;
                    (record.result, record.ended) = (None, None);
                }
                "outcome" => {
                    let outcome: Outcome = serde_json::from_value(entry.body.clone()).ok()?;
                    record.bindings.extend(outcome.binds.clone());
                    record.calls.insert(outcome.seq, Some(outcome));
                }
                "bind" => {
                    let more: Bindings = serde_json::from_value(entry.body.clone()).ok()?;
                    record.bindings.extend(more);
                }
                "verify" => {
                    let text = entry.body["check"].as_str()?.to_owned();
                    record.checks.push((text, entry.body["held"].as_bool()?));
                }
                "end" => {
                    record.result = entry.body["result"].as_str().map(str::to_owned);
                    record.ended = Time::parse(&entry.ts);
                }
                _ => {}
            }
        }
        Some(record)
    }

    /// How the call of a step ended; one without an outcome is unknown.
    pub fn ended(&self, seq: u32) -> Option<Ended> {
        let call = self.calls.get(&seq)?;
        Some(
            call.as_ref()
                .map_or(Ended::Unknown, |outcome| outcome.status),
        )
    }

    /// The step that was really sent: itself or what stood in for it.
    pub fn sent<'s>(&self, step: &'s Step) -> &'s Step {
        let outcome = self.calls.get(&step.seq).and_then(Option::as_ref);
        match (&step.fallback, outcome) {
            (Some((_, fallback)), Some(outcome)) if outcome.fallback => fallback,
            _ => step,
        }
    }

    /// Whether something was meant and never finished.
    pub fn is_open(&self) -> bool {
        let unknown = |call: &Option<Outcome>| {
            call.as_ref()
                .is_none_or(|outcome| outcome.status == Ended::Unknown)
        };
        self.result.is_none() || self.calls.values().any(unknown)
    }
}

/// The journal of the action under way.
pub struct Active {
    writer: Writer,
    clock: fn() -> Time,
    /// The action's id.
    pub id: String,
}

impl Active {
    /// Begins the journal of a new action: what is not written here is not done.
    pub fn begin(
        store: &Store,
        _: &Hold,
        clock: fn() -> Time,
        plan: &Plan,
        begin: &Begin,
    ) -> Result<Active, RecordError> {
        let id = identity::action_id(clock());
        let mut writer = Writer::try_open(&store.path(&id), clock())?;
        let bindings = Bindings::from([("id".to_owned(), identity::short(&id))]);
        let body = json!({
            "action_id": id, "plan": plan, "plan_hash": plan.hash(), "begin": begin, "bindings": bindings,
        });
        writer.append(clock(), "begin", body)?;
        Ok(Active { writer, clock, id })
    }

    /// Goes on with the journal of an earlier action.
    pub fn again(
        store: &Store,
        _: &Hold,
        clock: fn() -> Time,
        id: &str,
        begin: &Begin,
    ) -> Result<Active, RecordError> {
        let mut writer = Writer::try_open(&store.path(id), clock())?;
        writer.append(clock(), "resume", json!(begin))?;
        Ok(Active {
            writer,
            clock,
            id: id.to_owned(),
        })
    }

    /// Writes down what is about to be sent. The permit is good for that one call.
    pub fn intent(
        &mut self,
        _: &Approval,
        seq: u32,
        op: &str,
        params: &Value,
    ) -> Result<Permit, RecordError> {
        let body = json!({"seq": seq, "op": op, "params": params});
        self.writer.append((self.clock)(), "intent", body)?;
        Ok(Permit {
            action: self.id.clone(),
        })
    }

    /// Writes down how it ended.
    pub fn outcome(&mut self, outcome: &Outcome) -> Result<(), RecordError> {
        self.line("outcome", json!(outcome))
    }

    /// Writes down a value that only exists now.
    pub fn bind(&mut self, name: &str, value: &str) -> Result<(), RecordError> {
        self.line("bind", json!({ name: value }))
    }

    /// Writes down what was seen afterwards.
    pub fn verify(&mut self, check: &str, held: bool, now: &Value) -> Result<(), RecordError> {
        self.line("verify", json!({"check": check, "held": held, "now": now}))
    }

    /// Writes down the last word.
    pub fn end(&mut self, result: &str, reason: &str) -> Result<(), RecordError> {
        self.line("end", json!({"result": result, "reason": reason}))
    }

    fn line(&mut self, kind: &str, body: Value) -> Result<(), RecordError> {
        self.writer.append((self.clock)(), kind, body)?;
        Ok(())
    }
}
