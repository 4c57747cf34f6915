//! As a bad server answers, or does not.

use std::sync::Mutex;

use crate::bindings::wasi::http::types::{ErrorCode, Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use crate::{begin, text, write};

static KEPT: Mutex<Vec<OutgoingBody>> = Mutex::new(Vec::new());

pub fn answer(name: &str, arg: &str, out: ResponseOutparam) {
    match name {
        "unset" => drop(out),
        "kept-out" => std::mem::forget(out),
        "refuse" => ResponseOutparam::set(out, Err(ErrorCode::InternalError(Some("a secret".into())))),
        "panic" => panic!("before the head"),
        "panic-after" => {
            let body = begin(out, 200, &[]);
            write(&body, b"half").expect("written");
            panic!("after the head");
        }
        "panic-before-body" => {
            begin(out, 200, &[]);
            panic!("after the head, of which nothing was sent");
        }
        "whole-then-panic" => {
            text(out, "whole");
            panic!("after the end");
        }
        "whole-then-spin" => {
            text(out, "whole");
            spin();
        }
        "event-then-spin" => {
            let body = begin(out, 200, &[]);
            // By one flush each.
            let stream = body.write().expect("a stream");
            for _ in 0..arg.parse().unwrap_or(1) {
                stream.blocking_write_and_flush(b"event\n").expect("written");
            }
            spin();
        }
        "trail" => {
            let body = begin(out, 200, &[]);
            let names = ["content-length", "set-cookie", "x-sum", "authorization", "content-encoding"];
            let fields: Vec<_> = names.iter().map(|name| (name.to_string(), b"5".to_vec())).collect();
            OutgoingBody::finish(body, Some(Fields::from_list(&fields).expect("fields"))).expect("finished");
        }
        "exit" => std::process::exit(3),
        "short" => {
            let body = begin(out, 200, &[("content-length", "10")]);
            write(&body, b"half").expect("written");
            drop(OutgoingBody::finish(body, None));
        }
        "long" => {
            let body = begin(out, 200, &[("content-length", "4")]);
            let _ = write(&body, b"half and more");
            drop(OutgoingBody::finish(body, None));
        }
        "claims" => {
            let headers = Fields::from_list(&[("content-length".into(), b"10".into())]).expect("fields");
            ResponseOutparam::set(out, Ok(OutgoingResponse::new(headers)));
        }
        "unfinished" => {
            let body = begin(out, 200, &[]);
            write(&body, b"half").expect("written");
        }
        "kept" => {
            let body = begin(out, 200, &[]);
            KEPT.lock().expect("one thread").push(body);
        }
        // Of the request before, which has been answered.
        "use-kept" => {
            let body = KEPT.lock().expect("one thread").pop().expect("kept");
            let written = write(&body, b"smuggled");
            let finished = OutgoingBody::finish(body, None);
            text(out, &format!("{written:?} {}", finished.is_ok()));
        }
        "switch" => {
            begin(out, 101, &[]);
        }
        "hints" => {
            let sent = (0..1000).filter(|_| out.send_informational(103, Fields::new()).is_ok()).count();
            let switched = out.send_informational(101, Fields::new()).is_ok();
            text(out, &format!("{sent} {switched}"));
        }
        // Whatever comes of it.
        "endless" => {
            let body = begin(out, 200, &[]);
            let stream = body.write().expect("a stream");
            let chunk = vec![b'x'; 4096];
            while stream.blocking_write_and_flush(&chunk).is_ok() {}
            if arg == "deaf" {
                spin();
            }
        }
        "spin" => {
            out.send_informational(102, Fields::new()).expect("sent");
            spin();
        }
        _ => {
            let body = begin(out, 404, &[]);
            OutgoingBody::finish(body, None).expect("finished");
        }
    }
}

fn spin() -> ! {
    loop {
        std::hint::black_box(0);
    }
}
