//! What a run has not looked at: texts of pictures, records of other platforms.

use dianjian_base::lang::Lang;
use dianjian_engine::OutsideCounts;
use dianjian_engine::finding::Summary;

use super::words::count;

/// The pictures and videos whose text nobody read.
pub(super) fn unread_text(lang: Lang, summary: &Summary) -> Option<String> {
    let unread = summary.looked_at.unread_text;
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let (pictures, videos) = (number(unread.pictures), number(unread.videos));
    let parts = [
        (pictures > 0).then(|| count(lang, pictures, "张图片", "picture")),
        (videos > 0).then(|| count(lang, videos, "段视频", "video")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let files = parts.join(lang.pick("、", " and "));
    (!parts.is_empty()).then(|| match lang {
        Lang::Zh => format!("{files}里的文字没有读或没有读清（dianjian doctor 查看怎样添加文字识别）"),
        Lang::En => format!("text in {files} not read, or not made out (`dianjian doctor` tells how to add a reader)"),
    })
}

/// `3 shops of other platforms: the rules of WeChat's platform do not apply`
pub(super) fn outside(lang: Lang, outside: OutsideCounts) -> Option<String> {
    let sorts = [(outside.shops, "家其他平台的店铺", "shop"), (outside.others, "条其他平台的记录", "record")];
    let counted: Vec<String> = sorts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, zh, en)| count(lang, number, zh, en))
        .collect();
    let all = counted.join(lang.pick("、", " and "));
    let told = lang.pick("：微信平台的规则不适用", " of other platforms: the rules of WeChat's platform do not apply");
    (!counted.is_empty()).then(|| all + told)
}
