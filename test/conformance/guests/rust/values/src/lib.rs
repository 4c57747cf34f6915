mod made;
mod values;

mod bindings {
    wit_bindgen::generate!({ world: "values-plugin", path: "../../../wit/kit", generate_all });
    export!(Plugin with_types_in self);

    use super::Plugin;
}

use bindings::conformance::kit::types::Color;
use bindings::conformance::ticks0_1_0::clock as clock1;
use bindings::conformance::ticks0_2_0::clock as clock2;
use bindings::exports::extra;

struct Plugin;

impl bindings::Guest for Plugin {
    fn run(words: Vec<String>) -> Result<u32, String> {
        for word in &words {
            if word.is_empty() {
                return Err("an empty word".to_owned());
            }
            bindings::log(word);
        }
        Ok(words.len() as u32)
    }

    fn paint(c: Color) -> Color {
        c
    }

    fn fail() {
        panic!("as asked");
    }
}

impl extra::Guest for Plugin {
    fn consult(topic: String) -> (u32, u64, Option<String>) {
        (
            clock1::now(),
            clock2::now("ms"),
            bindings::advice::advise(&topic),
        )
    }
}
