use std::fmt::{Error, Result, Write};

use cpp_demangle::{DemangleOptions, Symbol};

/// Bytes of a name that is written out: a short one can stand for gigabytes, and repeat itself for ever.
const MAX_NAME: usize = 1_024;

/// A mangled name of Rust or C++ as its language writes it; empty for what is none, or is too long when it is written out.
pub fn demangled(name: &str) -> String {
    rust(name).or_else(|| cpp(name)).unwrap_or_default()
}

fn rust(name: &str) -> Option<String> {
    let symbol = rustc_demangle::try_demangle(name).ok()?;
    let mut written = Bounded(String::new());
    write!(written, "{symbol:#}").ok()?;
    Some(written.0)
}

fn cpp(name: &str) -> Option<String> {
    let symbol = Symbol::new(name).ok()?;
    let mut written = Bounded(String::new());
    symbol.structured_demangle(&mut written, &DemangleOptions::default()).ok()?;
    Some(written.0)
}

/// Ends what writes to it where it is full.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> Result {
        if self.0.len() + text.len() > MAX_NAME {
            return Err(Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}
