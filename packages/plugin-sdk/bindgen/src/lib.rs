//! The generators of wit-bindgen as one component, which runs wherever the SDK runs.

mod component;
mod generators;
mod package;
mod text;

wit_bindgen::generate!({ path: "wit", world: "bindgen" });
export!(Bindgen);

struct Bindgen;

impl Guest for Bindgen {
    fn generate(
        language: Language,
        wit: Vec<WitFile>,
        world: Option<String>,
    ) -> Result<Vec<GeneratedFile>, Complaint> {
        report_panics();
        let (mut resolve, world) = package::resolve(&wit, world.as_deref())?;
        generators::run(language, &mut resolve, world)
    }

    fn embed(
        module: Option<Vec<u8>>,
        wit: Vec<WitFile>,
        world: Option<String>,
        encoding: StringEncoding,
    ) -> Result<Vec<u8>, Complaint> {
        report_panics();
        let (mut resolve, world) = package::resolve(&wit, world.as_deref())?;
        component::embed(module, &mut resolve, world, encoding).map_err(Complaint::from)
    }

    fn encode(module: Vec<u8>) -> Result<Vec<u8>, String> {
        report_panics();
        component::encode(&module).map_err(|error| format!("{error:#}"))
    }

    fn print(binary: Vec<u8>) -> Result<String, String> {
        report_panics();
        component::print(&binary).map_err(|error| format!("{error:#}"))
    }

    fn encode_package(wit: Vec<WitFile>) -> Result<Vec<u8>, Complaint> {
        report_panics();
        let (resolve, package) = package::all(&wit)?;
        component::encode_package(&resolve, package).map_err(Complaint::from)
    }

    fn decode_package(binary: Vec<u8>) -> Result<Vec<WitPackage>, String> {
        report_panics();
        component::decode_package(&binary).map_err(|error| format!("{error:#}"))
    }

    fn assemble(source: String) -> Result<Vec<u8>, TextComplaint> {
        report_panics();
        text::assemble(&source)
    }
}

/// A trap has no message; the generators' panics do.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| panicked(&info.to_string())));
}

impl From<anyhow::Error> for Complaint {
    fn from(error: anyhow::Error) -> Self {
        Complaint {
            reason: format!("{error:#}"),
            place: None,
        }
    }
}
