//! Folding, word search and contact search: a shop's name, and what hosts of 300 live rooms read out.

use std::hint::black_box;

use corpus::Fleet;
use criterion::{Criterion, Throughput};
use dianjian_rules::PackBuilder;
use dianjian_text::{Fold, Folder, ListOptions, WordMatcher, WordMatcherBuilder};

const NAMES: [&str; 4] = ["云山茶业小店铺", "云山茶业旗舰店", "雲山茶業專營店", "YunShan Tea 云山"];

fn matcher() -> WordMatcher {
    let mut builder = WordMatcherBuilder::new();
    let name = ListOptions { fold: Fold::Name, evasions: true, skip_separators: true, exceptions: &["见实小店"] };
    builder.add_list(
        name,
        &[
            "旗舰店",
            "旗舰",
            "专卖店",
            "专卖",
            "专营店",
            "专营",
            "官方",
            "直营",
            "官方认证",
            "特约经销",
            "flagship",
            "official",
        ],
    );
    let script = ListOptions { fold: Fold::Script, exceptions: &["微信支付", "微信小店"], ..name };
    builder.add_list(
        script,
        &["私下交易", "转账", "红包付款", "线下付", "加微信", "扫码加", "二维码", "淘口令", "补差价", "福利单"],
    );
    builder.build().expect("the lists are sound")
}

pub fn text(c: &mut Criterion) {
    let matcher = matcher();
    let (pack, _) = PackBuilder::default().shipped().build();
    let mut hits = Vec::new();
    let mut group = c.benchmark_group("text");
    for name in NAMES {
        group.bench_function(format!("find/{name}"), |b| {
            b.iter(|| {
                hits.clear();
                matcher.find(black_box(name), &mut hits);
            });
        });
    }
    group.bench_function("contacts/name", |b| b.iter(|| pack.contacts.find(black_box(NAMES[0]))));
    let script: String = (0..300).map(|room| Fleet::script(1, room)).collect();
    group.throughput(Throughput::Bytes(script.len() as u64));
    let mut folder = Folder::new();
    group.bench_function("fold/script", |b| {
        b.iter(|| folder.fold_into(black_box(&script), Fold::Script).as_str().len())
    });
    group.bench_function("find/script", |b| {
        b.iter(|| {
            hits.clear();
            matcher.find(black_box(&script), &mut hits);
        });
    });
    group.bench_function("contacts/script", |b| b.iter(|| pack.contacts.find(black_box(&script))));
    group.finish();
}
