//! `models`, `price` and `balance`: the commands that only look.

pub(crate) mod model;

use crate::account;
use crate::args::{Account, Models, Price as PriceFlags, Which};
use crate::catalogue::model::Model;
use crate::event::{Amount, Event, Price};
use crate::exit::Ending;
use crate::output::Output;
use crate::request;

pub(crate) fn models(flags: &Models, output: &Output) -> Result<(), Box<Ending>> {
    let names = match &flags.provider {
        Some(name) => vec![name.clone()],
        None => account::names(false)?,
    };
    let account = Account {
        set: flags.set.clone(),
        ..Account::default()
    };
    for name in names {
        let reached = account::describe(&name, &account)?;
        for info in reached.provider.models() {
            output.tell(&Event::Model(Box::new(Model::of(&name, info))));
        }
    }
    Ok(())
}

pub(crate) async fn price(flags: &PriceFlags, output: &Output) -> Result<(), Box<Ending>> {
    let reached = account::describe(&flags.request.provider, &flags.account)?;
    let chosen = request::choose(&flags.request, &reached, None).await?;
    let choice = chosen.choice;
    output.tell(&Event::Price {
        provider: reached.provider.id().to_string(),
        model: choice.entry.info.id.to_string(),
        operation: choice.entry.info.operation().as_str(),
        estimate: Price::of(choice.estimate),
        not_looked_at: chosen.not_looked_at,
    });
    Ok(())
}

pub(crate) async fn balance(flags: &Which, output: &Output) -> Result<(), Box<Ending>> {
    let names = match &flags.provider {
        Some(name) => vec![name.clone()],
        None => account::names(true)?,
    };
    let mut failed: Option<Box<Ending>> = None;
    for provider in names {
        match available(&provider, flags).await {
            Ok(available) => output.tell(&Event::Balance {
                provider,
                available,
            }),
            // One account in trouble hides no other.
            Err(ending) => {
                failed = Some(match failed {
                    None => ending.about(&provider),
                    Some(first) => first.and(&ending.about(&provider)),
                });
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// What is left on one account, where the provider tells.
async fn available(provider: &str, flags: &Which) -> Result<Option<Amount>, Box<Ending>> {
    let reached = account::reach(provider, &flags.account())?;
    let balance = reached.provider.balance().await;
    let balance = balance.map_err(|error| Ending::of_read(&error))?;
    Ok(balance.map(|balance| Amount::of(balance.available)))
}
