//! Draws results and puts them up, as they should be or as a fault wants them.

use bytes::Bytes;

use crate::{
    media::{File, Format, MediaShelf, Scene, WEB_PAGE, video, video::ClipScene},
    script::Effect,
    world::World,
};

/// Draws a picture, or takes a prepared one, and puts it up; answers its link. Slow: not for an async thread.
pub(crate) fn put_picture(
    world: &World,
    scene: &Scene,
    format: Format,
    twist: Option<&Effect>,
) -> Option<String> {
    let bytes = match twist {
        Some(Effect::DeadLink) => None,
        Some(Effect::NotAPicture) => Some(Bytes::from_static(WEB_PAGE.as_bytes())),
        Some(Effect::Mislabelled) => Some(scene.render(format.another())?.into()),
        Some(_) | None => Some(world.media.prepared.picture(scene, format)?),
    };
    Some(put(world, format.name(), format.content_type(), bytes))
}

/// Draws a film, or takes a prepared one, and puts it up; answers its link. Slow: not for an async thread.
pub(crate) fn put_clip(world: &World, scene: &ClipScene, twist: Option<&Effect>) -> Option<String> {
    let bytes = match twist {
        Some(Effect::DeadLink) => None,
        Some(Effect::NotAPicture) => Some(Bytes::from_static(WEB_PAGE.as_bytes())),
        Some(Effect::Mislabelled) => Some(still(scene).render(Format::Png)?.into()),
        Some(_) | None => Some(world.media.prepared.film(scene)?),
    };
    Some(put(world, "mp4", video::CONTENT_TYPE, bytes))
}

/// A picture in the place of a film.
fn still(scene: &ClipScene) -> Scene {
    Scene {
        model: scene.model.clone(),
        prompt: scene.prompt.clone(),
        references: scene.references.clone(),
        index: 1,
        count: 1,
        pixels: scene.pixels,
    }
}

/// Puts a file up, or only makes its link.
fn put(world: &World, ending: &str, content_type: &str, bytes: Option<Bytes>) -> String {
    let token = world.ids.hex();
    let name = format!("{}.{ending}", world.ids.nanoid());
    let path = MediaShelf::path(&token, &name);
    if let Some(bytes) = bytes {
        let content_type = content_type.to_owned();
        let file = File {
            name,
            content_type,
            bytes,
        };
        world.media.put(&token, file);
    }
    format!("{}{path}", world.origin())
}
