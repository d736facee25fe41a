//! A task as text, from one process to another. `cargo run -p kling-core --example core_handle` writes a handle down;
//! `cargo run -p kling-core --example core_handle -- sketch.1.…` is the process that reads it, days later.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_core::{Clock as _, HandleFormat, Money, RememberedTask, SystemClock, TaskHandle};

/// How this provider writes its handles: its name, and the version of the layout.
const HANDLES: HandleFormat = HandleFormat::new("sketch", 1);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.as_slice() {
        [] => {
            let task = RememberedTask {
                id: "boats/42".to_owned(),
                price: Some(Money::parse_dollars("0.028")?),
                submitted_at: SystemClock.now(),
            };
            println!("{}", HANDLES.write_task(&task)?);
        }
        [handle] => {
            // A handle of somebody else, of a later version, or a damaged one is told from each other.
            let task = HANDLES.read_task(&TaskHandle::parse(handle)?)?;
            println!("task {}", task.id);
            if let Some(price) = task.price {
                println!("expected to cost {price}");
            }
        }
        _ => return Err("usage: core_handle [HANDLE]".into()),
    }
    Ok(())
}
