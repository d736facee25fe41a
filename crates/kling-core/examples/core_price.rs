//! What a video would cost, and how sure that is, for every length on the command line:
//! `cargo run -p kling-core --example core_price -- 5 10`.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_core::{
    Capability, Estimate, GenerationRequest, ModelId, Money, Operation, Price, PriceUnit, Prompt,
    Seconds,
};

fn main() -> Result<(), Box<dyn Error>> {
    let lengths: Vec<String> = std::env::args().skip(1).collect();
    if lengths.is_empty() {
        return Err("usage: core_price SECONDS..., for example 5 10".into());
    }

    // What a provider's catalogue says of each of its models: 11 cents for every second.
    let capability = Capability::new(Operation::TextToVideo);
    let price = Price {
        unit: PriceUnit::Second {
            default: Seconds::new(5)?,
        },
        amount: Money::parse_dollars("0.11")?,
        except: None,
        stated: true,
    };

    let model = ModelId::parse("film-1")?;
    let prompt = Prompt::new("a paper boat drifts out to sea")?;
    let mut request = GenerationRequest::new(model, Operation::TextToVideo, prompt);
    let mut estimates = Vec::new();
    for length in &lengths {
        request.duration = Some(Seconds::new(length.parse()?)?);
        let estimate = price.estimate(&capability, &request);
        println!("{length} s: {}", said(estimate));
        estimates.push(estimate);
    }
    println!("all: {}", said(estimates.into_iter().sum()));
    Ok(())
}

/// A figure is never shown surer than it is, and an unknown one never as nothing.
fn said(estimate: Estimate) -> String {
    match estimate {
        Estimate::Exact(amount) => amount.to_string(),
        Estimate::Approximate(amount) => format!("about {amount}"),
        Estimate::Unknown => "nobody says".to_owned(),
    }
}
