/// The content of a custom section of a core module; nothing where there is none.
pub fn custom<'a>(module: &'a [u8], wanted: &str) -> &'a [u8] {
    let mut rest = module.get(8..).unwrap_or_default();
    while let Some((id, body, behind)) = next(rest) {
        if id == 0
            && let Some((name, content)) = counted(body)
            && name == wanted.as_bytes()
        {
            return content;
        }
        rest = behind;
    }
    &[]
}

/// The id and the body of the first section, and what is behind it.
fn next(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (id, rest) = bytes.split_first()?;
    let (body, behind) = counted(rest)?;
    Some((*id, body, behind))
}

/// So many bytes as the number before them says, and the rest.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0u64;
    for (i, byte) in bytes.iter().take(5).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return bytes[i + 1..].split_at_checked(length as usize);
        }
    }
    None
}
