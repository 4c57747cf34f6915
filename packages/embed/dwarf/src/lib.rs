//! Where the instructions of a core module come from, out of its debug information, which may be hostile: it can make this
//! module trap, use up the fuel that it is given, or fill its own memory. It imports nothing but the counter of that fuel.

mod names;
mod sections;

use std::borrow::Cow;
use std::cell::RefCell;
use std::slice;

use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use addr2line::{Context, Frame};

type Slice = EndianSlice<'static, LittleEndian>;

/// Of functions that were inlined into each other.
const MAX_FRAMES: u32 = 32;
/// Bytes of a name or a path.
const MAX_TEXT: usize = 1_024;

thread_local! {
    static CONTEXT: RefCell<Option<Context<Slice>>> = const { RefCell::new(None) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Memory for what is given, for good.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    Box::leak(vec![0; length].into_boxed_slice()).as_mut_ptr()
}

/// Reads the core module that was written there; false where it has no debug information that can be read.
///
/// # Safety
/// The memory is of `allocate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open(address: *const u8, length: usize) -> bool {
    let module = unsafe { slice::from_raw_parts(address, length) };
    let load = |id: SectionId| Ok::<_, ()>(EndianSlice::new(sections::custom(module, id.name()), LittleEndian));
    let context = Dwarf::load(load).ok().and_then(|dwarf| Context::from_dwarf(dwarf).ok());
    CONTEXT.with_borrow_mut(|kept| *kept = context);
    CONTEXT.with_borrow(|kept| kept.is_some())
}

/// The functions that an instruction is in, innermost first: their number, and of each the name as it is there, the directory of the compilation,
/// the file, the line and the column. Numbers have four bytes, texts their length before them. The address counts from the code section's
/// first byte, as everywhere in DWARF.
#[unsafe(no_mangle)]
pub extern "C" fn find(address: u32) -> *const u8 {
    ANSWER.with_borrow_mut(|answer| {
        answer.clear();
        number(answer, 0);
        CONTEXT.with_borrow(|kept| {
            if let Some(context) = kept {
                let count = write_frames(answer, context, address.into());
                answer[..4].copy_from_slice(&count.to_le_bytes());
            }
        });
        answer.as_ptr()
    })
}

/// A mangled name as its language writes it, as far as it is looked at: its length in four bytes, and the text; none where it is of no
/// language that is known.
///
/// # Safety
/// The memory is of `allocate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demangle(address: *const u8, length: usize) -> *const u8 {
    let name = String::from_utf8_lossy(unsafe { slice::from_raw_parts(address, length) });
    ANSWER.with_borrow_mut(|answer| {
        answer.clear();
        text(answer, &names::demangled(&name));
        answer.as_ptr()
    })
}

fn write_frames(answer: &mut Vec<u8>, context: &Context<Slice>, address: u64) -> u32 {
    let directory = context
        .find_dwarf_and_unit(address)
        .skip_all_loads()
        .and_then(|unit| unit.comp_dir)
        .map(|directory| start_of(directory.slice()))
        .unwrap_or_default();
    let Ok(mut frames) = context.find_frames(address).skip_all_loads() else { return 0 };
    let mut count = 0;
    while count < MAX_FRAMES {
        let Ok(Some(frame)) = frames.next() else { break };
        write_frame(answer, &directory, &frame);
        count += 1;
    }
    count
}

fn write_frame(answer: &mut Vec<u8>, directory: &str, frame: &Frame<'_, Slice>) {
    // Mangled: the reader of names may give up, and this one goes on.
    let name = frame.function.as_ref().map(|function| start_of(function.name.slice()));
    text(answer, name.as_deref().unwrap_or_default());
    text(answer, directory);
    let location = frame.location.as_ref();
    text(answer, location.and_then(|found| found.file).unwrap_or_default());
    number(answer, location.and_then(|found| found.line).unwrap_or_default());
    number(answer, location.and_then(|found| found.column).unwrap_or_default());
}

fn start_of(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&text[..text.len().min(MAX_TEXT)])
}

fn number(answer: &mut Vec<u8>, value: u32) {
    answer.extend_from_slice(&value.to_le_bytes());
}

fn text(answer: &mut Vec<u8>, text: &str) {
    let end = text.floor_char_boundary(MAX_TEXT);
    number(answer, end as u32);
    answer.extend_from_slice(&text.as_bytes()[..end]);
}
