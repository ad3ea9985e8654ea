//! Laying something flat into a scene: turned, tilted, bent; and where its parts come to lie.

use crate::canvas::{Area, Canvas, CanvasPoint, average};
use crate::rng::Rng;

/// How something flat is bent before it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bend {
    /// Not at all.
    None,
    /// Around an upright cylinder that shows this half angle (radians), seen from above by that share of the height.
    Cylinder(f32, f32),
    /// In waves of that height (share of the side), number and beginning, in both directions.
    Waves(f32, f32, f32),
}

/// From places in the unit square of something flat to places in a scene and back.
#[derive(Debug, Clone)]
pub struct Warp {
    bend: Bend,
    there: [[f32; 3]; 3],
    back: [[f32; 3]; 3],
}

impl Warp {
    /// Middle and size in pixels, turned by `angle`, tilted by `tilt` about an axis in its plane (radians).
    ///
    /// The scene is seen from two and a half times its longer side away, so that tilting shortens the far edge.
    #[must_use]
    pub fn new(
        middle: CanvasPoint,
        [width, height]: [f32; 2],
        angle: f32,
        (axis, tilt): (f32, f32),
        bend: Bend,
    ) -> Self {
        let (ca, sa, ct, st) = (axis.cos(), axis.sin(), tilt.cos(), tilt.sin());
        // Rotation about (ca, sa, 0), Rodrigues; only the two columns that meet the plane are needed.
        let columns = [
            [ct + ca * ca * (1.0 - ct), ca * sa * (1.0 - ct), -sa * st],
            [ca * sa * (1.0 - ct), ct + sa * sa * (1.0 - ct), ca * st],
        ];
        let (c, s) = (angle.cos(), angle.sin());
        let far = 2.5 * width.max(height);
        let mut there = [[0.0; 3]; 3];
        for (j, (column, size)) in columns.iter().zip([width, height]).enumerate() {
            let [x, y, z] = column.map(|value| value * size);
            let (x, y) = (c * x - s * y, s * x + c * y);
            there[0][j] = far * x + middle[0] * z;
            there[1][j] = far * y + middle[1] * z;
            there[2][j] = z;
        }
        // The unit square's middle goes to the scene's.
        for (row, at) in there.iter_mut().zip([middle[0], middle[1], 1.0]) {
            row[2] = far * at - 0.5 * (row[0] + row[1]);
        }
        let back = inverse(&there);
        Self { bend, there, back }
    }

    /// Flat and upright.
    #[must_use]
    pub fn upright(area: Area) -> Self {
        Self::new(area.centre(), [area.width, area.height], 0.0, (0.0, 0.0), Bend::None)
    }

    /// Where a place of the unit square lies in the scene.
    #[must_use]
    pub fn there(&self, [u, v]: CanvasPoint) -> CanvasPoint {
        let [u, v] = match self.bend {
            Bend::None => [u, v],
            Bend::Cylinder(half, above) => {
                let turn = (2.0 * u - 1.0) * half;
                [turn.sin() / half.sin() / 2.0 + 0.5, v + above * (turn.cos() - half.cos())]
            }
            Bend::Waves(high, count, from) => {
                let v = v + high * (std::f32::consts::TAU * count * u + from).sin();
                [u + high * (std::f32::consts::TAU * count * v + from).sin(), v]
            }
        };
        project(&self.there, [u, v])
    }

    /// Where a place of the scene lies in the unit square (or beside it).
    #[must_use]
    pub fn back(&self, at: CanvasPoint) -> CanvasPoint {
        let [u, v] = project(&self.back, at);
        match self.bend {
            Bend::None => [u, v],
            Bend::Cylinder(half, above) => {
                let turn = ((2.0 * u - 1.0) * half.sin()).clamp(-1.0, 1.0).asin();
                let beyond = ((2.0 * u - 1.0) * half.sin()).abs() > 1.0;
                let u = if beyond { -1.0 } else { (turn / half + 1.0) / 2.0 };
                [u, v - above * (turn.cos() - half.cos())]
            }
            Bend::Waves(high, count, from) => {
                let u = u - high * (std::f32::consts::TAU * count * v + from).sin();
                [u, v - high * (std::f32::consts::TAU * count * u + from).sin()]
            }
        }
    }

    /// Where the edges of a rectangle of the unit square come to lie.
    #[must_use]
    pub fn outline(&self, area: Area) -> Vec<CanvasPoint> {
        let corners = area.corners();
        let edges = (0..4).flat_map(|i| {
            let (a, b) = (corners[i], corners[(i + 1) % 4]);
            (0..16).map(move |step| {
                let share = step as f32 / 16.0;
                [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
            })
        });
        edges.map(|at| self.there(at)).collect()
    }

    /// Draws something flat into a scene; it is reduced by averaging, as a camera does.
    pub fn draw(&self, flat: &Canvas, scene: &mut Canvas) {
        const FINE: usize = 3;
        let unit = Area::new(0.0, 0.0, 1.0, 1.0);
        let around = Area::around(&self.outline(unit)).grown(1.0).shared(scene.area());
        if around.width <= 0.0 || around.height <= 0.0 {
            return;
        }
        let small = self.reduced(flat);
        let flat = small.as_ref().unwrap_or(flat);
        for y in around.top as usize..(around.bottom().ceil() as usize).min(scene.height) {
            for x in around.left as usize..(around.right().ceil() as usize).min(scene.width) {
                let mut samples = [[0u8; 4]; FINE * FINE];
                for (i, sample) in samples.iter_mut().enumerate() {
                    let part = |i: usize| (i as f32 + 0.5) / FINE as f32;
                    let at = [x as f32 + part(i % FINE), y as f32 + part(i / FINE)];
                    *sample = sampled(flat, self.back(at));
                }
                let [r, g, b, a] = average(&samples);
                if a > 0 {
                    scene.blend(x, y, [r, g, b], f32::from(a) / 255.0);
                }
            }
        }
    }

    /// Halved until a sample steps over no pixel of it.
    fn reduced(&self, flat: &Canvas) -> Option<Canvas> {
        let [a, b, c] = [[0.5, 0.5], [0.51, 0.5], [0.5, 0.51]].map(|at| self.there(at));
        let step = ((b[0] - a[0]).hypot(b[1] - a[1]) / flat.width as f32)
            .min((c[0] - a[0]).hypot(c[1] - a[1]) / flat.height as f32)
            * 100.0;
        let mut out = None;
        let mut step = step * 3.0;
        while step < 0.7 {
            out = Some(out.as_ref().unwrap_or(flat).halved());
            step *= 2.0;
        }
        out
    }
}

fn project(m: &[[f32; 3]; 3], [x, y]: CanvasPoint) -> CanvasPoint {
    let [a, b, w] = [0, 1, 2].map(|i| m[i][0] * x + m[i][1] * y + m[i][2]);
    [a / w, b / w]
}

fn inverse(m: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    let m = m.map(|row| row.map(f64::from));
    let minor = |i: usize, j: usize| {
        let (a, b) = ((i + 1) % 3, (i + 2) % 3);
        let (c, d) = ((j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
    std::array::from_fn(|i| std::array::from_fn(|j| (minor(j, i) / determinant) as f32))
}

/// Bilinear between pixels; nothing outside.
fn sampled(flat: &Canvas, [u, v]: CanvasPoint) -> [u8; 4] {
    if !(0.0..1.0).contains(&u) || !(0.0..1.0).contains(&v) {
        return [0; 4];
    }
    let x = (u * flat.width as f32 - 0.5).max(0.0);
    let y = (v * flat.height as f32 - 0.5).max(0.0);
    let (x0, y0) = (x as usize, y as usize);
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let corners = [(0, 0, (1.0 - fx) * (1.0 - fy)), (1, 0, fx * (1.0 - fy)), (0, 1, (1.0 - fx) * fy), (1, 1, fx * fy)];
    let mut sum = [0.0f32; 4];
    for (dx, dy, weight) in corners {
        let [r, g, b, a] = flat.get(x0 + dx, y0 + dy).map(f32::from);
        let weight = weight * a;
        for (sum, value) in sum.iter_mut().zip([r, g, b, 1.0]) {
            *sum += value * weight;
        }
    }
    if sum[3] <= 0.0 {
        return [0; 4];
    }
    [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3], sum[3]].map(|value| value.round() as u8)
}

/// A random bend, as of bottles and crumpled paper.
pub fn some_bend(rng: &mut Rng) -> Bend {
    if rng.chance(0.65) {
        Bend::Cylinder(rng.between(0.7, 1.25), rng.between(-0.22, 0.22))
    } else {
        Bend::Waves(rng.between(0.02, 0.045), rng.between(0.6, 1.4), rng.between(0.0, 6.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_is_the_way_back() {
        let mut rng = Rng::new("warp", 1);
        for _ in 0..50 {
            let bend = if rng.chance(0.3) { Bend::None } else { some_bend(&mut rng) };
            let tilt = (rng.between(0.0, 6.0), rng.between(0.0, 0.9));
            let warp = Warp::new([300.0, 200.0], [120.0, 90.0], rng.between(0.0, 6.0), tilt, bend);
            for at in [[0.5, 0.5], [0.1, 0.9], [0.8, 0.3]] {
                let [u, v] = warp.back(warp.there(at));
                assert!((u - at[0]).abs() < 1e-3 && (v - at[1]).abs() < 1e-3, "{at:?} came back as {u} {v}");
            }
        }
    }

    #[test]
    fn upright_is_where_it_is_said_to_be() {
        let warp = Warp::upright(Area::new(10.0, 20.0, 40.0, 30.0));
        let [x, y] = warp.there([0.25, 0.5]);
        assert!((x - 20.0).abs() < 1e-3 && (y - 35.0).abs() < 1e-3);
    }
}
