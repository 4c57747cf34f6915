//! Programs of many kinds, for the rows of fuel: each does about the same work for the same `n`, and answers with a number
//! that says whether it did. Compiled by rustc alone, so nothing but the standard library.
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

type Program = fn(u32) -> u32;

const PROGRAMS: [Program; 17] = [
    fnv, sha256, crc32, sort, hash_map, tree_map, json, formatting, characters, words, matrix, n_body, ackermann, trees,
    sieve, distance, interpreter,
];

#[no_mangle]
pub extern "C" fn run(program: u32, n: u32) -> u32 {
    PROGRAMS[program as usize](n)
}

/// xorshift: the same numbers every time.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

fn numbers(count: u32) -> Vec<u32> {
    let mut numbers = Numbers(0x9e37_79b9);
    (0..count).map(|_| numbers.next()).collect()
}

fn text(words: u32) -> String {
    let mut numbers = Numbers(7);
    let mut text = String::new();
    for i in 0..words {
        for _ in 0..2 + numbers.next() % 8 {
            text.push((b'a' + (numbers.next() % 26) as u8) as char);
        }
        text.push_str(match i % 9 {
            8 => ".\n",
            5 => "é ",
            _ => " ",
        });
    }
    text
}

fn sum(numbers: impl IntoIterator<Item = u32>) -> u32 {
    numbers.into_iter().fold(0, |sum, n| sum.wrapping_mul(31).wrapping_add(n))
}

fn fnv(n: u32) -> u32 {
    let text = text(n);
    let mut hash = 0x811c_9dc5_u32;
    for _ in 0..16 {
        for byte in text.bytes() {
            hash = (hash ^ byte as u32).wrapping_mul(0x0100_0193);
        }
    }
    hash
}

fn sha256(n: u32) -> u32 {
    const K: [u32; 64] = [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
        0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
        0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
        0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
        0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
        0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
        0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2,
    ];
    let mut state: [u32; 8] = [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];
    let text = text(n * 2);
    for block in text.as_bytes().chunks_exact(64) {
        let mut w = [0u32; 64];
        for (i, four) in block.chunks_exact(4).enumerate() {
            w[i] = u32::from_be_bytes([four[0], four[1], four[2], four[3]]);
        }
        for i in 16..64 {
            let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
            let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for i in 0..64 {
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let t1 = h.wrapping_add(s1).wrapping_add((e & f) ^ (!e & g)).wrapping_add(K[i]).wrapping_add(w[i]);
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let t2 = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(t1), c, b, a, t1.wrapping_add(t2));
        }
        for (word, more) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(more);
        }
    }
    sum(state)
}

fn crc32(n: u32) -> u32 {
    let table: Vec<u32> = (0..256u32)
        .map(|i| (0..8).fold(i, |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 }))
        .collect();
    let text = text(n);
    let mut crc = !0u32;
    for _ in 0..8 {
        for byte in text.bytes() {
            crc = table[((crc ^ byte as u32) & 0xff) as usize] ^ (crc >> 8);
        }
    }
    !crc
}

fn sort(n: u32) -> u32 {
    let mut numbers = numbers(n * 8);
    numbers.sort();
    let mut by_text: Vec<String> = numbers.iter().take(n as usize).map(|n| (n % 9973).to_string()).collect();
    by_text.sort();
    sum(numbers.into_iter().step_by(97)).wrapping_add(by_text.len() as u32)
}

fn hash_map(n: u32) -> u32 {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for number in numbers(n * 12) {
        *counts.entry(number % (n + 1)).or_default() += 1;
    }
    counts.values().fold(0, |most, count| most.max(*count))
}

fn tree_map(n: u32) -> u32 {
    let mut places: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (at, word) in text(n * 2).split_whitespace().enumerate() {
        places.entry(word.chars().take(3).collect()).or_default().push(at as u32);
    }
    sum(places.values().map(|all| all.len() as u32))
}

enum Json {
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

fn json(n: u32) -> u32 {
    let mut source = String::from("[");
    for (i, number) in numbers(n / 2).into_iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        write!(source, "{comma}{{\"id\":{i},\"name\":\"n\\\"{number}\",\"at\":[{},{}.5]}}", number % 100, number % 7).unwrap();
    }
    source.push(']');
    let parsed = parse(source.as_bytes(), &mut 0);
    let mut printed = String::new();
    print(&parsed, &mut printed);
    printed.len() as u32
}

fn parse(text: &[u8], at: &mut usize) -> Json {
    match text[*at] {
        b'[' => {
            let mut items = Vec::new();
            *at += 1;
            while text[*at] != b']' {
                items.push(parse(text, at));
                *at += (text[*at] == b',') as usize;
            }
            *at += 1;
            Json::List(items)
        }
        b'{' => {
            let mut fields = Vec::new();
            *at += 1;
            while text[*at] != b'}' {
                let name = parse_text(text, at);
                *at += 1;
                fields.push((name, parse(text, at)));
                *at += (text[*at] == b',') as usize;
            }
            *at += 1;
            Json::Object(fields)
        }
        b'"' => Json::Text(parse_text(text, at)),
        _ => {
            let start = *at;
            while matches!(text[*at], b'0'..=b'9' | b'.' | b'-') {
                *at += 1;
            }
            Json::Number(std::str::from_utf8(&text[start..*at]).unwrap().parse().unwrap())
        }
    }
}

fn parse_text(text: &[u8], at: &mut usize) -> String {
    let mut parsed = String::new();
    *at += 1;
    while text[*at] != b'"' {
        *at += (text[*at] == b'\\') as usize;
        parsed.push(text[*at] as char);
        *at += 1;
    }
    *at += 1;
    parsed
}

fn print(value: &Json, out: &mut String) {
    match value {
        Json::Number(number) => write!(out, "{number}").unwrap(),
        Json::Text(text) => write!(out, "{text:?}").unwrap(),
        Json::List(items) => {
            out.push('[');
            for item in items {
                print(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (name, field) in fields {
                write!(out, "{name:?}:").unwrap();
                print(field, out);
                out.push(',');
            }
            out.push('}');
        }
    }
}

fn formatting(n: u32) -> u32 {
    let mut page = String::new();
    for (i, number) in numbers(n * 2).into_iter().enumerate() {
        writeln!(page, "<li id=\"{i:04}\">{number:>12x} {:.3} {}</li>", number as f64 / 7.0, number as i32).unwrap();
    }
    page.len() as u32
}

/// A closure for each character.
fn characters(n: u32) -> u32 {
    let text = text(n * 4);
    let shouted: String = text.chars().rev().filter(|c| *c != 'e').map(|c| c.to_ascii_uppercase()).collect();
    shouted.chars().filter(|c| c.is_alphabetic()).count() as u32
}

fn words(n: u32) -> u32 {
    let text = text(n * 4);
    let mut longest = "";
    let mut found = 0;
    for line in text.lines() {
        for word in line.split(' ') {
            if word.len() > longest.len() {
                longest = word;
            }
        }
        found += line.matches("an").count() + line.find("zz").map_or(0, |at| at % 3);
    }
    found as u32 + longest.len() as u32
}

fn matrix(n: u32) -> u32 {
    let size = 24 + (n / 50) as usize;
    let cell = |i: usize, j: usize| ((i * 31 + j * 17) % 10) as f64;
    let a: Vec<Vec<f64>> = (0..size).map(|i| (0..size).map(|j| cell(i, j)).collect()).collect();
    let mut product = vec![vec![0.0; size]; size];
    for i in 0..size {
        for j in 0..size {
            product[i][j] = (0..size).map(|k| a[i][k] * a[k][j]).sum();
        }
    }
    product.iter().flatten().sum::<f64>() as u32
}

fn n_body(n: u32) -> u32 {
    let mut bodies: Vec<[f64; 6]> = (0..5).map(|i| [i as f64, (i * i) as f64, 1.0 + i as f64, 0.1, 0.0, -0.1]).collect();
    for _ in 0..n * 4 {
        for i in 0..bodies.len() {
            for j in i + 1..bodies.len() {
                let way: [f64; 3] = std::array::from_fn(|axis| bodies[i][axis] - bodies[j][axis]);
                let square: f64 = way.iter().map(|x| x * x).sum::<f64>() + 0.01;
                let pull = 0.001 / (square * square.sqrt());
                for axis in 0..3 {
                    bodies[i][axis + 3] -= way[axis] * pull;
                    bodies[j][axis + 3] += way[axis] * pull;
                }
            }
        }
        for body in &mut bodies {
            for axis in 0..3 {
                body[axis] += body[axis + 3] * 0.001;
            }
        }
    }
    (bodies[0][0] * 1e6) as i32 as u32
}

fn ackermann(n: u32) -> u32 {
    fn of(m: u32, n: u32) -> u32 {
        match (m, n) {
            (0, n) => n + 1,
            (m, 0) => of(m - 1, 1),
            (m, n) => of(m - 1, of(m, n - 1)),
        }
    }
    (0..n / 20).fold(0, |sum, i| sum + of(2, 20 + i % 8))
}

struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

fn trees(n: u32) -> u32 {
    fn make(depth: u32) -> Option<Box<Tree>> {
        (depth > 0).then(|| Box::new(Tree { left: make(depth - 1), right: make(depth - 1) }))
    }
    fn count(tree: &Option<Box<Tree>>) -> u32 {
        tree.as_ref().map_or(0, |tree| 1 + count(&tree.left) + count(&tree.right))
    }
    (0..n / 20).map(|_| count(&make(9))).sum()
}

fn sieve(n: u32) -> u32 {
    let mut is_prime = vec![true; (n * 100) as usize];
    for i in 2..is_prime.len() {
        if is_prime[i] {
            for multiple in (i * i..is_prime.len()).step_by(i) {
                is_prime[multiple] = false;
            }
        }
    }
    is_prime.iter().filter(|prime| **prime).count() as u32
}

/// Levenshtein's, between texts.
fn distance(n: u32) -> u32 {
    let a = text(n / 8).into_bytes();
    let b: Vec<u8> = a.iter().rev().copied().collect();
    let mut costs: Vec<u32> = (0..=b.len() as u32).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = costs[0];
        costs[0] = i as u32 + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = (before + (x != y) as u32).min(costs[j] + 1).min(costs[j + 1] + 1);
            before = costs[j + 1];
            costs[j + 1] = cost;
        }
    }
    costs[b.len()]
}

fn interpreter(n: u32) -> u32 {
    #[derive(Clone, Copy)]
    enum Step {
        Push(u32),
        Add,
        Multiply,
        Swap,
        Remainder(u32),
        Drop,
        Loop(usize),
    }
    let code = [
        Step::Push(3), Step::Add, Step::Push(5), Step::Multiply, Step::Remainder(9973), Step::Push(1), Step::Swap,
        Step::Drop, Step::Push(2), Step::Add, Step::Loop(0),
    ];
    let mut stack = vec![1u32];
    let mut rounds = n * 20;
    let mut at = 0;
    while at < code.len() {
        let step = code[at];
        at += 1;
        match step {
            Step::Push(number) => stack.push(number),
            Step::Add => {
                let top = stack.pop().unwrap();
                *stack.last_mut().unwrap() += top;
            }
            Step::Multiply => {
                let top = stack.pop().unwrap();
                let below = stack.last_mut().unwrap();
                *below = below.wrapping_mul(top);
            }
            Step::Swap => {
                let top = stack.len() - 1;
                stack.swap(top, top - 1);
            }
            Step::Remainder(by) => *stack.last_mut().unwrap() %= by,
            Step::Drop => {
                stack.pop();
            }
            Step::Loop(to) => {
                rounds -= 1;
                if rounds > 0 {
                    at = to;
                }
            }
        }
    }
    stack[0]
}
