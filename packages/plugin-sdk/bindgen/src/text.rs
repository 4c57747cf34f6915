use crate::TextComplaint;
use wast::Wat;
use wast::parser::{ParseBuffer, parse};

/// The text format of WebAssembly, of modules and of components, to the binary one.
pub fn assemble(source: &str) -> Result<Vec<u8>, TextComplaint> {
    let encode = || parse::<Wat>(&ParseBuffer::new(source)?)?.encode();
    encode().map_err(|error| {
        let (line, column) = error.span().linecol_in(source);
        TextComplaint {
            reason: error.message(),
            line: line as u32 + 1,
            column: column as u32 + 1,
        }
    })
}
