//! Unmodified serenity, which was not written with this emulator in mind, works against it.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::sync::Arc;
use std::time::Duration;

use kling_emulator::discord::{BOT_TOKEN, Change, FileIn, GatewayAct, Invocation};
use kling_emulator::{Emulator, Options};
use serenity::all::{
    ClientBuilder, Command, CommandInteraction, CommandOptionType, Context, CreateAttachment,
    CreateCommand, CreateCommandOption, CreateInteractionResponse,
    CreateInteractionResponseFollowup, CreateInteractionResponseMessage, EditAttachments,
    EditInteractionResponse, EventHandler, GatewayIntents, HttpBuilder, Interaction, Ready,
    ResolvedValue, ResumedEvent,
};
use serenity::async_trait;
use tokio::sync::mpsc;

const LONG: Duration = Duration::from_mins(1);

/// What the bot tells the test.
#[derive(Debug, PartialEq)]
enum Told {
    Registered(String),
    Answered { filename: String, size: u32 },
    Resumed,
}

struct Bot {
    tell: mpsc::UnboundedSender<Told>,
}

impl Bot {
    /// Defers, fills the answer with a file, and whispers.
    async fn answer(&self, context: &Context, command: &CommandInteraction) {
        let options = command.data.options();
        let file = options.iter().find_map(|option| match option.value {
            ResolvedValue::Attachment(file) => Some(file.clone()),
            _ => None,
        });
        let file = file.unwrap();

        let defer = CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new());
        command.create_response(context, defer).await.unwrap();
        let picture = CreateAttachment::bytes(&b"a picture"[..], "out.png").description("a cat");
        let edit = EditInteractionResponse::new()
            .content("done")
            .attachments(EditAttachments::new().add(picture));
        let edited = command.edit_response(context, edit).await.unwrap();
        let read = command.get_response(context).await.unwrap();
        assert_eq!(read.attachments[0].description.as_deref(), Some("a cat"));
        assert_eq!(edited.id, read.id);
        let whisper = CreateInteractionResponseFollowup::new()
            .content("only you")
            .ephemeral(true);
        let whispered = command.create_followup(context, whisper).await.unwrap();
        assert_ne!(whispered.id, read.id);

        self.tell
            .send(Told::Answered {
                filename: file.filename,
                size: file.size,
            })
            .unwrap();
    }
}

#[async_trait]
impl EventHandler for Bot {
    async fn ready(&self, context: Context, ready: Ready) {
        assert_eq!(ready.user.name, "Kling");
        let prompt = CreateCommandOption::new(CommandOptionType::String, "prompt", "What to show");
        let image =
            CreateCommandOption::new(CommandOptionType::Attachment, "image1", "A reference");
        let imagine = CreateCommand::new("imagine")
            .description("Makes a picture")
            .set_options(vec![prompt.required(true), image.required(true)]);
        let made = Command::set_global_commands(&context, vec![imagine])
            .await
            .unwrap();
        self.tell
            .send(Told::Registered(made[0].name.clone()))
            .unwrap();
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        if let Interaction::Command(command) = interaction {
            self.answer(&context, &command).await;
        }
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        self.tell.send(Told::Resumed).unwrap();
    }
}

async fn next(told: &mut mpsc::UnboundedReceiver<Told>) -> Told {
    tokio::time::timeout(LONG, told.recv())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn serenity_registers_answers_and_resumes() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let discord = emulator.discord();
    let (tell, mut told) = mpsc::unbounded_channel();
    // Its own rate limiter would go to the real host.
    let http = HttpBuilder::new(BOT_TOKEN)
        .proxy(emulator.base("discord"))
        .ratelimiter_disabled(true)
        .build();
    let mut client = ClientBuilder::new_with_http(http, GatewayIntents::empty())
        .event_handler(Bot { tell })
        .await
        .unwrap();
    let shards = Arc::clone(&client.shard_manager);
    let running = tokio::spawn(async move { client.start().await });
    let imagine = || {
        let file = FileIn::new("cat.png", &b"meow"[..]);
        Invocation::new("imagine")
            .option("prompt", "a cat")
            .file("image1", file)
    };
    let answered = Told::Answered {
        filename: "cat.png".to_owned(),
        size: 4,
    };

    assert_eq!(
        next(&mut told).await,
        Told::Registered("imagine".to_owned())
    );
    let first = discord.invoke(imagine()).unwrap();
    assert_eq!(next(&mut told).await, answered);
    assert_eq!(discord.gateway(GatewayAct::Reconnect), 1);
    assert_eq!(next(&mut told).await, Told::Resumed);
    let second = discord.invoke(imagine()).unwrap();
    assert_eq!(next(&mut told).await, answered);

    for id in [first, second] {
        let events: Vec<_> = discord
            .events(0)
            .into_iter()
            .filter(|event| event.interaction_id == Some(id))
            .collect();
        let kinds: Vec<_> = events
            .iter()
            .map(|event| (event.event, event.ephemeral))
            .collect();
        assert_eq!(
            kinds,
            [
                (Change::Message, false),
                (Change::Edit, false),
                (Change::Message, true)
            ]
        );
        assert_eq!(events[1].content, "done");
        assert_eq!(
            events[1].attachments[0].description.as_deref(),
            Some("a cat")
        );
        assert_eq!(events[2].only_for, Some(kling_emulator::discord::ADA));
        assert_eq!(discord.answer(id).unwrap().follow_ups.len(), 1);
    }
    let journal = emulator.world().journal.entries(0);
    assert_eq!(
        journal
            .iter()
            .filter(|entry| entry.event() == "identify")
            .count(),
        1
    );
    shards.shutdown_all().await;
    tokio::time::timeout(LONG, running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}
