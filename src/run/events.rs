//! Every record of an input, without rules.
//!
//! Inputs in, records out one by one in the order of the input, copies included: for tests, and
//! for whatever looks at records and not at findings. What is no record the run itself reports.

use crate::decode::{item::Item, records::Decoder};
use crate::detect::compile::Program;
use crate::load::{Error, Loader, Options, Unpacker};
use crate::normalize::catalogue::Known;
use crate::normalize::{Layout, Record, SOURCES};

/// Calls `each` for every record of the inputs.
pub fn events(
    inputs: &[String],
    options: &Options,
    each: &mut dyn FnMut(&Record),
) -> Result<(), Error> {
    let mut loader = Loader::open(inputs, options)?;
    let layouts: Vec<Layout> = SOURCES.iter().map(|source| layout(source)).collect();
    let catalogue = Known::new(SOURCES, &layouts, None);
    let mut unpacker = Unpacker::new(options);
    let mut decoder = Decoder::default();
    while let Some(batch) = loader.next_batch() {
        for chunk in batch.chunks {
            unpacker.unpack(chunk, &mut |piece| {
                decoder.piece(&catalogue, &piece, &mut |item| {
                    if let Item::Records {
                        source,
                        text,
                        found,
                    } = item
                    {
                        for found in found {
                            each(&Record::new(
                                text,
                                found.span,
                                &found.slots,
                                &layouts[source],
                            ));
                        }
                    }
                });
            });
        }
    }
    Ok(())
}

/// The layout of a source to which no rule adds anything.
fn layout(source: &'static crate::normalize::Source) -> Layout {
    Program::without_rules(source).layout
}
