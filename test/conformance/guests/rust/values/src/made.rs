use crate::Plugin;
use crate::bindings::conformance::kit::types::*;
use crate::bindings::exports::conformance::kit::made::Guest;

impl Guest for Plugin {
    fn invert(v: Scalars) -> Scalars {
        Scalars {
            truth: !v.truth,
            tiny: !v.tiny,
            byte: !v.byte,
            short: !v.short,
            word: !v.word,
            signed: !v.signed,
            unsigned: !v.unsigned,
            long: !v.long,
            bits: !v.bits,
            single: -v.single,
            double: -v.double,
            letter: char::from_u32(v.letter as u32 + 1).unwrap_or('\0'),
        }
    }

    fn complement(v: ThirtyTwo) -> ThirtyTwo {
        v.complement()
    }

    fn next_color(v: Color) -> Color {
        match v {
            Color::Red => Color::Green,
            Color::Green => Color::DeepBlue,
            Color::DeepBlue => Color::Red,
        }
    }

    fn area(v: Shape) -> Option<f64> {
        match v {
            Shape::Circle(radius) => Some(3.0 * radius * radius),
            Shape::Sides(sides) => Some(sides.iter().fold(0.0, |sum, side| sum + f64::from(*side))),
            Shape::Count(count) => Some(f64::from(count)),
            Shape::Empty | Shape::Label(_) | Shape::Person(_) => None,
        }
    }

    fn name_of(v: Shape) -> String {
        match v {
            Shape::Empty => "empty",
            Shape::Circle(_) => "circle",
            Shape::Label(_) => "label",
            Shape::Sides(_) => "sides",
            Shape::Person(_) => "person",
            Shape::Count(_) => "count",
        }
        .to_owned()
    }

    fn divide(a: i32, b: i32) -> Result<i32, String> {
        match b {
            0 => Err(format!("{a} by zero")),
            _ => Ok(a.wrapping_div(b)),
        }
    }

    fn reverse(mut v: Vec<String>) -> Vec<String> {
        v.reverse();
        v
    }

    fn measure(v: String) -> (u32, u32) {
        (v.chars().count() as u32, v.len() as u32)
    }

    fn join(v: Vec<String>, separator: char) -> String {
        v.join(&separator.to_string())
    }

    fn wrap(n: u32) -> Option<Option<u32>> {
        match n {
            0 => None,
            1 => Some(None),
            n => Some(Some(n)),
        }
    }

    fn sum(v: Vec<i64>) -> i64 {
        v.into_iter().fold(0, i64::wrapping_add)
    }

    fn special_floats() -> Vec<f64> {
        vec![
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            -0.0,
            f64::from_bits(1),
            f64::MAX,
        ]
    }

    fn fill(length: u32, byte: u8) -> Vec<u8> {
        vec![byte; length as usize]
    }
}
