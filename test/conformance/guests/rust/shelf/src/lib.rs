mod bindings {
    wit_bindgen::generate!({ world: "shelf-plugin", path: "../../../wit/kit", generate_all });
    export!(Plugin with_types_in self);

    use super::Plugin;
}

use bindings::{archive, Entry, Guest};

struct Plugin;

impl Guest for Plugin {
    fn copy_out(title: String, lines: Vec<String>) -> Result<String, String> {
        let entry = Entry::open(&title)?;
        for line in &lines {
            entry.append(line);
        }
        let copy = Entry::new(&format!("{title} copy"));
        let count = copy.append(&entry.text());
        let answer = archive(entry);
        Ok(format!("{answer}/{count}"))
    }

    fn sign(e: &Entry, name: String) -> u32 {
        e.append(&name)
    }

    fn last(mut all: Vec<Entry>) -> Option<Entry> {
        let last = all.pop();
        for entry in all {
            drop(entry);
        }
        last
    }

    fn replace(e: Entry) -> Entry {
        drop(e);
        Entry::new("new")
    }
}
