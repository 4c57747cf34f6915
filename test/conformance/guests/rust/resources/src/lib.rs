use std::cell::Cell;

mod bindings {
    wit_bindgen::generate!({ world: "resources-plugin", path: "../../../wit/kit", generate_all });
    export!(Plugin with_types_in self);

    use super::Plugin;
}

use bindings::conformance::kit::journal::{self, Entry};
use bindings::exports::conformance::kit::counters::{self, CounterBorrow, Pair};
use bindings::exports::conformance::kit::scribe;

struct Plugin;

impl scribe::Guest for Plugin {
    fn copy_out(title: String, lines: Vec<String>) -> Result<String, String> {
        let entry = Entry::open(&title)?;
        for line in &lines {
            entry.append(line);
        }
        let copy = Entry::new(&format!("{title} copy"));
        copy.append(&entry.text());
        let answer = journal::archive(entry);
        Ok(format!("{answer}/{}", journal::size(&copy)))
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
}

thread_local! {
    static ALIVE: Cell<u32> = const { Cell::new(0) };
}

struct Counter(Cell<i32>);

impl Counter {
    fn with(value: i32) -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Counter(Cell::new(value))
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

impl counters::Guest for Plugin {
    type Counter = Counter;

    fn total(all: Vec<CounterBorrow<'_>>) -> i32 {
        all.iter()
            .map(|counter| counter.get::<Counter>().0.get())
            .fold(0, i32::wrapping_add)
    }

    fn split(c: counters::Counter) -> Pair {
        let value = c.get::<Counter>().0.get();
        let half = |n| counters::Counter::new(Counter::with(n));
        Pair {
            left: half(value / 2),
            right: (value % 2 != 0).then(|| half(value - value / 2)),
        }
    }

    fn alive() -> u32 {
        ALIVE.get()
    }
}

impl counters::GuestCounter for Counter {
    fn new(start: i32) -> Self {
        Counter::with(start)
    }

    fn add(&self, by: i32) -> i32 {
        self.0.set(self.0.get().wrapping_add(by));
        self.0.get()
    }

    fn value(&self) -> i32 {
        self.0.get()
    }

    fn copy(&self) -> counters::Counter {
        counters::Counter::new(Counter::with(self.0.get()))
    }

    fn parse(text: String) -> Result<counters::Counter, String> {
        match text.parse() {
            Ok(value) => Ok(counters::Counter::new(Counter::with(value))),
            Err(_) => Err(format!("not a number: {text}")),
        }
    }

    fn merge(a: counters::Counter, b: counters::Counter) -> counters::Counter {
        let value = |counter: &counters::Counter| counter.get::<Counter>().0.get();
        counters::Counter::new(Counter::with(value(&a).wrapping_add(value(&b))))
    }
}
