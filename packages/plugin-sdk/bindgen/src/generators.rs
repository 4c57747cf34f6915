use crate::{Complaint, GeneratedFile, Language};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_parser::{Resolve, WorldId};

/// Bindings of a world. Headers and sources name each other by the files' own names, without a folder.
pub fn run(
    language: Language,
    resolve: &mut Resolve,
    world: WorldId,
) -> Result<Vec<GeneratedFile>, Complaint> {
    let mut generator: Box<dyn WorldGenerator> = match language {
        Language::C => wit_bindgen_c::Opts::default().build(),
        Language::Cpp => wit_bindgen_cpp::Opts::default().build(None),
    };
    let mut files = Files::default();
    generator.generate(resolve, world, &mut files)?;
    let generated = files.iter().map(|(path, bytes)| GeneratedFile {
        path: path.to_owned(),
        bytes: bytes.to_owned(),
    });
    Ok(generated.collect())
}
