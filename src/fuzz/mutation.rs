//! Inputs out of inputs: bits flipped, pieces cut, doubled, put elsewhere or taken from another input, words of the target's
//! language put in, numbers made extreme, and now and then something repeated until it is long. The same seed gives the same
//! inputs.

/// No input is longer: long enough to show what takes too long or nests too deep.
const LONGEST: usize = 64 << 10;
/// What programs trip over, wherever it stands.
const ANYWHERE: [&str; 20] = [
    "\0",
    "\n",
    "\r\n",
    "\t",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{feff}",
    "\u{202e}",
    "\u{130}",
    "\u{212a}",
    "é",
    "e\u{301}",
    "%",
    "\\",
    "\"",
    "'",
    "{",
    "[",
    "-",
];
const NUMBERS: [&str; 10] = [
    "0",
    "-1",
    "00",
    "1e999",
    "255",
    "65536",
    "2147483648",
    "4294967296",
    "9223372036854775808",
    "99999999999999999999999",
];

/// A row of inputs that never ends.
pub struct Mutator {
    state: u64,
    words: &'static [&'static str],
    pool: Vec<Vec<u8>>,
}

impl Mutator {
    pub const fn new(seed: u64, words: &'static [&'static str], pool: Vec<Vec<u8>>) -> Self {
        Self { state: seed, words, pool }
    }

    /// How many inputs there are to begin with.
    pub const fn pool(&self) -> usize {
        self.pool.len()
    }

    /// Adds an input that is worth changing.
    pub fn keep(&mut self, input: Vec<u8>) {
        self.pool.push(input);
    }

    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.one_of_the_pool();
        for _ in 0..=self.below(4) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        match self.below(12) {
            0 => self.flip_a_bit(input),
            1 => drop(input.drain(self.span(input))),
            2 | 3 => self.put(input, self.words),
            4 => self.put(input, &ANYWHERE),
            5 => self.put_a_number(input),
            6 => self.move_a_piece(input),
            7 => self.mix(input),
            8 => self.put_a_line(input),
            9 => self.swap_a_word(input),
            10 if self.below(100) == 0 => self.repeat(input),
            _ => self.set_a_byte(input),
        }
    }

    fn flip_a_bit(&mut self, input: &mut [u8]) {
        let (at, bit) = (self.below(input.len()), self.below(8));
        input.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
    }

    fn set_a_byte(&mut self, input: &mut [u8]) {
        let (at, value) = (self.below(input.len()), self.below(256));
        input.iter_mut().skip(at).take(1).for_each(|byte| *byte = value as u8);
    }

    fn put(&mut self, input: &mut Vec<u8>, words: &[&str]) {
        let at = self.below(input.len() + 1);
        if let Some(word) = words.get(self.below(words.len())) {
            input.splice(at..at, word.bytes());
        }
    }

    /// In the place of a number, where there is one.
    fn put_a_number(&mut self, input: &mut Vec<u8>) {
        let from = self.below(input.len());
        let number = NUMBERS[self.below(NUMBERS.len())];
        let digits = input.iter().skip(from).position(u8::is_ascii_digit).map_or(input.len(), |offset| from + offset);
        let end = input.iter().skip(digits).take_while(|byte| byte.is_ascii_digit()).count();
        input.splice(digits..digits + end, number.bytes());
    }

    fn move_a_piece(&mut self, input: &mut Vec<u8>) {
        let piece = input[self.span(input)].to_vec();
        let at = self.below(input.len() + 1);
        input.splice(at..at, piece);
    }

    /// The beginning of this one and the end of another.
    fn mix(&mut self, input: &mut Vec<u8>) {
        let other = self.one_of_the_pool();
        input.truncate(self.below(input.len() + 1));
        input.extend_from_slice(&other[self.below(other.len() + 1)..]);
    }

    fn put_a_line(&mut self, input: &mut Vec<u8>) {
        let other = self.one_of_the_pool();
        let lines: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
        let starts: Vec<usize> = (0..=input.len()).filter(|at| *at == 0 || input[at - 1] == b'\n').collect();
        let at = starts[self.below(starts.len())];
        if let Some(line) = lines.get(self.below(lines.len())) {
            input.splice(at..at, line.iter().copied());
        }
    }

    /// A word of the target's language in the place of a word that is there.
    fn swap_a_word(&mut self, input: &mut Vec<u8>) {
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let from = self.below(input.len());
        let start = input.iter().skip(from).position(is_letter).map_or(input.len(), |offset| from + offset);
        let length = input.iter().skip(start).take_while(|byte| is_letter(byte)).count();
        if let Some(word) = self.words.get(self.below(self.words.len())) {
            input.splice(start..start + length, word.bytes());
        }
    }

    fn repeat(&mut self, input: &mut Vec<u8>) {
        let span = self.span(input);
        let piece = input[span.clone()].to_vec();
        if piece.is_empty() {
            return;
        }
        let times = self.below(LONGEST / piece.len()) / (1 << self.below(10));
        input.splice(span, piece.repeat(times));
    }

    fn one_of_the_pool(&mut self) -> Vec<u8> {
        let which = self.below(self.pool.len());
        self.pool.get(which).cloned().unwrap_or_default()
    }

    /// A piece; mostly a short one.
    fn span(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        let start = self.below(input.len() + 1);
        let longest = if self.below(4) == 0 { input.len() } else { 12 };
        start..(start + self.below(longest + 1)).min(input.len())
    }

    /// SplitMix64.
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}
