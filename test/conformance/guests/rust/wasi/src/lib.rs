use std::{env, fs};

mod bindings {
    // The rest of the world is the standard library's own business.
    wit_bindgen::generate!({ inline: "package a:b; world w { export report: func(); }" });
    export!(Plugin with_types_in self);

    use super::Plugin;
}

struct Plugin;

impl bindings::Guest for Plugin {
    fn report() {
        println!("args: {}", env::args().collect::<Vec<_>>().join(" "));
        let variable = |name| env::var(name).unwrap_or_else(|_| "none".to_owned());
        println!("GREETING: {}", variable("GREETING"));
        println!("HOME: {}", variable("HOME"));
        let read = |path| fs::read_to_string(path).unwrap_or_else(|_| "refused".to_owned());
        println!("read: {}", read("/data/hello.txt"));
        println!("missing: {}", read("/data/missing.txt"));
        println!("outside: {}", read("/data/../secret.txt"));
        let mut names: Vec<_> = fs::read_dir("/data")
            .map(|entries| {
                entries
                    .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                    .collect()
            })
            .unwrap_or_default();
        names.sort();
        println!("list: {}", names.join(" "));
        let write = |path| fs::write(path, "written by a plugin").map_or("refused", |()| "ok");
        println!("write: {}", write("/out/made.txt"));
        println!("write where it may read: {}", write("/data/made.txt"));
        println!("read back: {}", read("/out/made.txt"));
        println!(
            "remove: {}",
            fs::remove_file("/out/made.txt").map_or("refused", |()| "ok")
        );
        eprintln!("done");
    }
}
