use crate::wasm_plugin::bindgen::types::Place;
use crate::{Complaint, WitFile};
use std::collections::BTreeMap;
use wit_parser::{PackageId, Resolve, SourceMap, Span, UnresolvedPackageGroup, WorldId};

/// The world of the package at the top of `files`.
pub fn resolve(files: &[WitFile], world: Option<&str>) -> Result<(Resolve, WorldId), Complaint> {
    let (resolve, package) = push(Resolve::default(), files)?;
    let world = resolve.select_world(&[package], world)?;
    Ok((resolve, world))
}

/// The package at the top of `files`, with the items of all its features: who uses it chooses.
pub fn all(files: &[WitFile]) -> Result<(Resolve, PackageId), Complaint> {
    let resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    push(resolve, files)
}

fn push(mut resolve: Resolve, files: &[WitFile]) -> Result<(Resolve, PackageId), Complaint> {
    let mut groups: BTreeMap<&str, SourceMap> = BTreeMap::new();
    for file in files {
        let sources = groups.entry(package_of(&file.path)).or_default();
        sources.push_str(&file.path, file.text.as_str());
    }
    let own = parse(groups.remove("").unwrap_or_default())?;
    let deps = groups
        .into_values()
        .map(parse)
        .collect::<Result<Vec<_>, _>>()?;

    let package = resolve.push_groups(own, deps).map_err(|error| {
        let kind = error.kind();
        complain(kind.to_string(), kind.span(), &resolve.source_map)
    })?;
    Ok((resolve, package))
}

/// `deps/wasi-io/streams.wit` and `deps/wasi-io/poll.wit` are one package, `deps/clocks.wit` is another.
fn package_of(path: &str) -> &str {
    let Some(rest) = path.strip_prefix("deps/") else {
        return "";
    };
    let name = rest.split('/').next().unwrap_or(rest);
    &path[..path.len() - rest.len() + name.len()]
}

fn parse(sources: SourceMap) -> Result<UnresolvedPackageGroup, Complaint> {
    sources.parse().map_err(|(sources, error)| {
        let kind = error.kind();
        complain(kind.to_string(), kind.span(), &sources)
    })
}

/// The parser renders a place as `path:line:column`, and `<unknown>` for what has none.
fn complain(reason: String, span: Span, sources: &SourceMap) -> Complaint {
    let location = sources.render_location(span);
    let mut parts = location.rsplitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.parse().ok());
    let (column, line) = (number(), number());
    let place = match (parts.next(), line, column) {
        (Some(path), Some(line), Some(column)) => Some(Place {
            path: path.to_owned(),
            line,
            column,
        }),
        _ => None,
    };
    Complaint { reason, place }
}
