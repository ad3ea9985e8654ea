//! Products in one table that name shops in another, against the same products without the column that names them.

use corpus::Fleet;

use crate::shared::{check, cpu, inputs, number, peak, shipped_pack, written};

pub fn run() {
    let products = number("PRODUCTS", 1_000_000);
    let folder = |name: &str, names_shops: bool| {
        let name = format!("{name}-{products}");
        written(&name, |path| Fleet::shops(1).write_products(path, products, names_shops))
    };
    let (joined, alone) = (inputs(&folder("products", true)), inputs(&folder("products-alone", false)));
    let pack = shipped_pack();
    let measured = |inputs| {
        let before = cpu();
        let (findings, totals) = check(&pack, inputs);
        assert_eq!(totals.records.values().sum::<usize>(), products + (products / 10).max(1), "every row is a record");
        (cpu().saturating_sub(before), findings)
    };
    let (without, of_alone) = measured(&alone);
    let (with, of_joined) = measured(&joined);
    println!("{products} products: CPU {without:.2?} without the shop's column ({of_alone} findings)");
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    println!("  with it {with:.2?} ({of_joined} findings), {ratio:.2} of that, at most {} MiB", peak());
}
