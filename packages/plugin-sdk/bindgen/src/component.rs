use crate::{StringEncoding, WitPackage};
use anyhow::{Result, bail};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::{
    ComponentEncoder, DecodedWasm, WitPrinter, decode, dummy_module, embed_component_metadata,
};
use wit_parser::{ManglingAndAbi, PackageId, Resolve, WorldId};

pub fn embed(
    module: Option<Vec<u8>>,
    resolve: &mut Resolve,
    world: WorldId,
    encoding: StringEncoding,
) -> Result<Vec<u8>> {
    // An interface that is imported and exported has two sets of resources. Else what is exported and uses it would
    // get those of the import, if something imported had used them before.
    resolve.generate_nominal_type_ids(world);
    let mut module = module.unwrap_or_else(|| {
        dummy_module(
            resolve,
            world,
            ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync),
        )
    });
    let encoding = match encoding {
        StringEncoding::Utf8 => wit_component::StringEncoding::UTF8,
        StringEncoding::Utf16 => wit_component::StringEncoding::UTF16,
    };
    embed_component_metadata(&mut module, resolve, world, encoding, false)?;
    Ok(module)
}

/// The adapter adds nothing to a module that does not import preview 1.
pub fn encode(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default()
        .module(module)?
        .adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .validate(true)
        .encode()
}

pub fn encode_package(resolve: &Resolve, package: PackageId) -> Result<Vec<u8>> {
    wit_component::encode(resolve, package, false)
}

pub fn decode_package(binary: &[u8]) -> Result<Vec<WitPackage>> {
    let DecodedWasm::WitPackage(resolve, main) = decode(binary)? else {
        bail!("it is a component, not a WIT package");
    };
    let others = resolve.packages.iter().map(|(id, _)| id);
    std::iter::once(main)
        .chain(others.filter(|id| *id != main))
        .map(|id| {
            let mut printer = WitPrinter::default();
            printer.print(&resolve, id, &[])?;
            Ok(WitPackage {
                name: resolve.packages[id].name.to_string(),
                text: printer.output.to_string(),
            })
        })
        .collect()
}

pub fn print(binary: &[u8]) -> Result<String> {
    let decoded = decode(binary)?;
    let main = match &decoded {
        DecodedWasm::WitPackage(_, package) => *package,
        DecodedWasm::Component(resolve, world) => match resolve.worlds[*world].package {
            Some(package) => package,
            None => bail!("the world belongs to no package"),
        },
    };
    let resolve = decoded.resolve();
    let nested: Vec<_> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    let mut printer = WitPrinter::default();
    printer.print(resolve, main, &nested)?;
    Ok(printer.output.to_string())
}
