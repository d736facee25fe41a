//! Everything that is wrong with a request, each with the nearest that would work, before a cent is spent:
//! `cargo run -p kling-core --example core_check -- 5:4 6`, a shape and a number of pictures.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_core::{
    AspectRatio, Capability, Choices, CountRange, GenerationRequest, ImageCount, ModelId,
    Operation, Prompt, Returned,
};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [shape, count] = words.as_slice() else {
        return Err("usage: core_check SHAPE COUNT, for example 5:4 6".into());
    };

    // What a provider's catalogue says of each of its models.
    let mut capability = Capability::new(Operation::TextToImage);
    capability.aspect_ratios = Choices::new([AspectRatio::of(16, 9), AspectRatio::of(1, 1)], None);
    capability.count = CountRange { min: 1, max: 4 };
    capability.returned = Returned::All;

    let model = ModelId::parse("sketch-1")?;
    let prompt = Prompt::new("a paper boat")?;
    let mut request = GenerationRequest::new(model, Operation::TextToImage, prompt);
    request.aspect_ratio = Some(AspectRatio::parse(shape)?);
    request.count = ImageCount::new(count.parse()?)?;

    match capability.check(&request) {
        Ok(()) => println!("it fits"),
        Err(violations) => {
            for violation in &violations.0 {
                let field = violation.field.as_str();
                println!("{field}: {}; {}", violation.problem, violation.offer);
            }
        }
    }
    Ok(())
}
