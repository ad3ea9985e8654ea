//! Chance that is the same on every machine: SplitMix64.

/// A source of chance. Equal seeds give equal numbers, whatever the machine.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A source for a seed; `stream` keeps kinds of pictures apart, so that a new kind changes no other.
    #[must_use]
    pub fn new(stream: &str, seed: u64) -> Self {
        // FNV-1a: short, and the same everywhere, which the standard hasher does not promise.
        let stream = stream
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut rng = Self(stream ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        rng.next();
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to but not including 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Between two positive numbers, every octave as likely as the next.
    pub fn octaves(&mut self, low: f32, high: f32) -> f32 {
        (self.between(low.ln(), high.ln())).exp()
    }

    /// One of 0, 1, … `count` - 1; 0 where there is none.
    pub fn below(&mut self, count: usize) -> usize {
        if count == 0 { 0 } else { (self.next() % count as u64) as usize }
    }

    /// One of `low`, `low` + 1, … `high`.
    pub fn whole(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1).max(1) as usize) as i32
    }

    /// True with a probability of `share`.
    pub fn chance(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// One of several.
    ///
    /// # Panics
    /// Where there is none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Around 0, mostly within ±2.
    pub fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.between(-0.707, 0.707)).sum()
    }

    pub fn letters(&mut self, count: usize) -> String {
        const OF: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..count).map(|_| char::from(*self.pick(OF))).collect()
    }

    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// A source of its own for a part, so that parts may change without each other.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }
}
