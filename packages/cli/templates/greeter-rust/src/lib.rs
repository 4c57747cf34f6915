mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "plugin", generate_all });
    export!(Plugin with_types_in self);

    use super::Plugin;
}

use bindings::exports::example::greeter::greetings::Guest;

struct Plugin;

impl Guest for Plugin {
    fn greet(name: String) -> Result<String, String> {
        if name.is_empty() {
            return Err("a name is needed".into());
        }
        Ok(format!("Hello, {name}!"))
    }
}
