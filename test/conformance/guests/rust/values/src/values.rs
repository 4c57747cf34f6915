use crate::Plugin;
use crate::bindings::conformance::kit::types::*;
use crate::bindings::conformance::kit::values as host;
use crate::bindings::exports::conformance::kit::values::Guest;

/// One line per type: what came from the host goes to the host.
impl Guest for Plugin {
    fn nothing() {
        host::nothing()
    }
    fn pass_bool(v: bool) -> bool {
        host::pass_bool(v)
    }
    fn pass_s8(v: i8) -> i8 {
        host::pass_s8(v)
    }
    fn pass_u8(v: u8) -> u8 {
        host::pass_u8(v)
    }
    fn pass_s16(v: i16) -> i16 {
        host::pass_s16(v)
    }
    fn pass_u16(v: u16) -> u16 {
        host::pass_u16(v)
    }
    fn pass_s32(v: i32) -> i32 {
        host::pass_s32(v)
    }
    fn pass_u32(v: u32) -> u32 {
        host::pass_u32(v)
    }
    fn pass_s64(v: i64) -> i64 {
        host::pass_s64(v)
    }
    fn pass_u64(v: u64) -> u64 {
        host::pass_u64(v)
    }
    fn pass_f32(v: f32) -> f32 {
        host::pass_f32(v)
    }
    fn pass_f64(v: f64) -> f64 {
        host::pass_f64(v)
    }
    fn pass_char(v: char) -> char {
        host::pass_char(v)
    }
    fn pass_string(v: String) -> String {
        host::pass_string(&v)
    }
    fn pass_bytes(v: Vec<u8>) -> Vec<u8> {
        host::pass_bytes(&v)
    }
    fn pass_shorts(v: Vec<i16>) -> Vec<i16> {
        host::pass_shorts(&v)
    }
    fn pass_floats(v: Vec<f32>) -> Vec<f32> {
        host::pass_floats(&v)
    }
    fn pass_longs(v: Vec<u64>) -> Vec<u64> {
        host::pass_longs(&v)
    }
    fn pass_truths(v: Vec<bool>) -> Vec<bool> {
        host::pass_truths(&v)
    }
    fn pass_letters(v: Vec<char>) -> Vec<char> {
        host::pass_letters(&v)
    }
    fn pass_strings(v: Vec<String>) -> Vec<String> {
        host::pass_strings(&v)
    }
    fn pass_lists(v: Vec<Vec<String>>) -> Vec<Vec<String>> {
        host::pass_lists(&v)
    }
    fn pass_scalars(v: Scalars) -> Scalars {
        host::pass_scalars(v)
    }
    fn pass_nested(v: Nested) -> Nested {
        host::pass_nested(&v)
    }
    fn pass_people(v: People) -> People {
        host::pass_people(&v)
    }
    fn pass_tuple(v: (u8, String, f32, i64, bool)) -> (u8, String, f32, i64, bool) {
        host::pass_tuple((v.0, &v.1, v.2, v.3, v.4))
    }
    fn pass_shape(v: Shape) -> Shape {
        host::pass_shape(&v)
    }
    fn pass_shapes(v: Vec<Shape>) -> Vec<Shape> {
        host::pass_shapes(&v)
    }
    fn pass_color(v: Color) -> Color {
        host::pass_color(v)
    }
    fn pass_single(v: Single) -> Single {
        host::pass_single(v)
    }
    fn pass_eight(v: Eight) -> Eight {
        host::pass_eight(v)
    }
    fn pass_nine(v: Nine) -> Nine {
        host::pass_nine(v)
    }
    fn pass_seventeen(v: Seventeen) -> Seventeen {
        host::pass_seventeen(v)
    }
    fn pass_thirty_two(v: ThirtyTwo) -> ThirtyTwo {
        host::pass_thirty_two(v)
    }
    fn pass_keywords(v: Keywords) -> Keywords {
        host::pass_keywords(&v)
    }
    fn pass_option(v: Option<u32>) -> Option<u32> {
        host::pass_option(v)
    }
    fn pass_option_string(v: Option<String>) -> Option<String> {
        host::pass_option_string(v.as_deref())
    }
    fn pass_option_option(v: Option<Option<bool>>) -> Option<Option<bool>> {
        host::pass_option_option(v)
    }
    fn pass_result(v: Result<String, u32>) -> Result<String, u32> {
        host::pass_result(v.as_deref().map_err(|error| *error))
    }
    fn pass_result_ok(v: Result<u8, ()>) -> Result<u8, ()> {
        host::pass_result_ok(v)
    }
    fn pass_result_err(v: Result<(), String>) -> Result<(), String> {
        host::pass_result_err(v.as_ref().map(|_| ()).map_err(String::as_str))
    }
    fn pass_result_bare(v: Result<(), ()>) -> Result<(), ()> {
        host::pass_result_bare(v)
    }
    fn pass_results(v: Vec<Result<Option<String>, Color>>) -> Vec<Result<Option<String>, Color>> {
        host::pass_results(&v)
    }
    fn pass_many(
        a: String,
        b: u64,
        c: f32,
        d: Vec<u8>,
        e: Option<i16>,
        f: Shape,
        g: bool,
        h: char,
        i: Color,
    ) -> (
        String,
        u64,
        f32,
        Vec<u8>,
        Option<i16>,
        Shape,
        bool,
        char,
        Color,
    ) {
        host::pass_many(&a, b, c, &d, e, &f, g, h, i)
    }
}
