//! The shops of the table: each once, whether it lies around its products or is named by them.

use std::cmp::Reverse;

use dianjian_base::lang::Text;
use dianjian_rules::record::{KindIndex, KindRole, Kinds, Record, Slot};
use dianjian_text::{Fold, fold, id_key};
use rustc_hash::FxHashMap;

use super::fields::text_in;

/// A column of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InventoryShop {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Its name; of a shop of which there is no record, what its products call it.
    pub name: Option<String>,
    /// The value of `system`, if it is said.
    pub system: Option<String>,
    /// The platform for people; empty if it is not said.
    pub platform: Text,
}

/// A name that products give as their shop, where there are records of shops, and that leads to none of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnresolvedShop {
    /// As it is written.
    pub name: String,
    /// Whether several shops have it.
    pub is_ambiguous: bool,
}

/// How a record says in which shop it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ShopRef {
    /// It lies in the shop with this number.
    Known(usize),
    /// By an id or a name, perhaps with the platform.
    Named { text: String, system: Option<String> },
    /// It does not say.
    Unnamed { system: Option<String> },
}

/// What is known of the shops so far. Memory grows with the number of shops, not of listings.
#[derive(Debug)]
pub(super) struct ShopBook {
    kind: Option<KindIndex>,
    slots: ShopSlots,
    shops: Vec<InventoryShop>,
    by_identity: FxHashMap<ShopIdentity, usize>,
    refs: Vec<ShopRef>,
    by_ref: FxHashMap<ShopRef, u32>,
}

#[derive(Debug, Default)]
struct ShopSlots {
    id: Option<Slot>,
    name: Option<Slot>,
    system: Option<Slot>,
}

/// One shop in two files is one shop; two of one name on two platforms are two.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ShopIdentity {
    id: Option<String>,
    name: Option<String>,
    system: Option<String>,
}

/// The columns of the table.
pub(super) struct ShopColumns {
    pub shops: Vec<InventoryShop>,
    /// Shops without listings.
    pub empty_shops: usize,
    /// In the order of the names, each once.
    pub unresolved: Vec<UnresolvedShop>,
    /// By the number of the way in which a shop is named: its column.
    pub column_of: Vec<usize>,
}

impl ShopBook {
    pub fn new(kinds: &Kinds) -> Self {
        let kind = kinds.with_role(KindRole::Shop);
        let slot = |path: &str| kinds.get(kind?).field(path).map(|(slot, _)| slot);
        let slots = ShopSlots { id: slot("id"), name: slot("name"), system: slot("system") };
        let (by_identity, by_ref) = (FxHashMap::default(), FxHashMap::default());
        Self { kind, slots, shops: Vec::new(), by_identity, refs: Vec::new(), by_ref }
    }

    /// The number of a shop that has a record.
    pub fn shop(&mut self, record: &Record<'_>) -> usize {
        let [id, name, system] = [self.slots.id, self.slots.name, self.slots.system].map(|slot| text_in(record, slot));
        let folded = name.as_deref().filter(|_| id.is_none()).map(folded_name);
        let identity = ShopIdentity { id: id.as_deref().map(folded_id), name: folded, system: system.clone() };
        *self.by_identity.entry(identity).or_insert_with(|| {
            self.shops.push(InventoryShop { id, name, system, platform: Text::default() });
            self.shops.len() - 1
        })
    }

    /// The number of a way in which a shop is named.
    pub fn number_of(&mut self, reference: ShopRef) -> u32 {
        if let Some(known) = self.by_ref.get(&reference) {
            return *known;
        }
        let number = u32::try_from(self.refs.len()).unwrap_or(u32::MAX);
        self.refs.push(reference.clone());
        self.by_ref.insert(reference, number);
        number
    }

    /// Finds out which shop each reference means, and orders the shops by platform, name and id: the table is the same
    /// in whatever order the files are read.
    pub fn columns(self, kinds: &Kinds) -> ShopColumns {
        let index = ShopIndex::new(&self.shops);
        let records = self.shops.len();
        let mut shops = self.shops.clone();
        let mut unresolved = Vec::new();
        let mut unknown: FxHashMap<(Option<String>, Option<String>), usize> = FxHashMap::default();
        let resolved: Vec<usize> = self
            .refs
            .iter()
            .map(|reference| {
                let (text, system) = match reference {
                    ShopRef::Known(shop) => return *shop,
                    ShopRef::Named { text, system } => match index.find(&self.shops, text, system.as_deref()) {
                        Ok(shop) => return shop,
                        Err(is_ambiguous) => {
                            unresolved.push(UnresolvedShop { name: text.trim().to_owned(), is_ambiguous });
                            (Some(text), system)
                        }
                    },
                    ShopRef::Unnamed { system } => (None, system),
                };
                let key = (text.map(|text| folded_name(text)), system.clone());
                *unknown.entry(key).or_insert_with(|| {
                    shops.push(InventoryShop {
                        name: text.cloned(),
                        system: system.clone(),
                        ..InventoryShop::default()
                    });
                    shops.len() - 1
                })
            })
            .collect();
        // Where nobody gave shops, names are all that there is.
        unresolved.retain(|_| records > 0);
        unresolved.sort_unstable();
        unresolved.dedup();
        let mut is_used = vec![false; shops.len()];
        resolved.iter().for_each(|shop| is_used[*shop] = true);
        let mut order: Vec<usize> = (0..shops.len()).filter(|shop| is_used[*shop]).collect();
        let platforms = Platforms::new(kinds, self.kind, self.slots.system);
        order.sort_by(|one, other| {
            let key = |at: usize| {
                (platforms.rank(&shops[at]), Reverse(shops[at].name.is_some()), &shops[at].name, &shops[at].id)
            };
            key(*one).cmp(&key(*other))
        });
        let mut column = vec![0; shops.len()];
        (0..).zip(&order).for_each(|(at, shop)| column[*shop] = at);
        let named =
            order.iter().map(|shop| InventoryShop { platform: platforms.name(&shops[*shop]), ..shops[*shop].clone() });
        ShopColumns {
            shops: named.collect(),
            empty_shops: is_used.iter().take(records).filter(|used| !**used).count(),
            unresolved,
            column_of: resolved.into_iter().map(|shop| column[shop]).collect(),
        }
    }
}

/// Shops by what they may be called.
struct ShopIndex {
    by_id: FxHashMap<String, Vec<usize>>,
    by_name: FxHashMap<String, Vec<usize>>,
}

impl ShopIndex {
    fn new(shops: &[InventoryShop]) -> Self {
        let (mut by_id, mut by_name) = (FxHashMap::<_, Vec<usize>>::default(), FxHashMap::<_, Vec<usize>>::default());
        for (at, shop) in shops.iter().enumerate() {
            shop.id.iter().for_each(|id| by_id.entry(folded_id(id)).or_default().push(at));
            shop.name.iter().for_each(|name| by_name.entry(folded_name(name)).or_default().push(at));
        }
        Self { by_id, by_name }
    }

    /// The one shop that a text means: by its id, else by its name. Neither one of another platform nor one of several is
    /// taken for it; the error says whether there are several.
    fn find(&self, shops: &[InventoryShop], text: &str, system: Option<&str>) -> Result<usize, bool> {
        let ids = self.by_id.get(&folded_id(text)).map_or(&[][..], Vec::as_slice);
        let names = self.by_name.get(&folded_name(text)).map_or(&[][..], Vec::as_slice);
        let mut is_ambiguous = false;
        let one = [ids, names].into_iter().find_map(|found| {
            let of_system = |at: &&usize| shops[**at].system.as_deref() == system;
            let may_be = |at: &&usize| system.is_none() || shops[**at].system.is_none();
            let exact: Vec<&usize> = found.iter().filter(|at| system.is_some() && of_system(at)).collect();
            let fitting = if exact.is_empty() { found.iter().filter(may_be).collect() } else { exact };
            match fitting[..] {
                [one] => Some(*one),
                _ => {
                    is_ambiguous |= fitting.len() > 1;
                    None
                }
            }
        });
        one.ok_or(is_ambiguous)
    }
}

fn folded_id(id: &str) -> String {
    id_key(id).into_owned()
}

fn folded_name(name: &str) -> String {
    fold(name.trim(), Fold::Name).as_str().to_owned()
}

/// The values of `Shop.system`, in their order, with their names.
struct Platforms<'k>(Option<&'k [(String, Text)]>);

impl<'k> Platforms<'k> {
    fn new(kinds: &'k Kinds, shop: Option<KindIndex>, system: Option<Slot>) -> Self {
        let field = || kinds.get(shop?).fields.get(usize::from(system?));
        Self(field().map(|field| field.values.as_slice()))
    }

    fn at(&self, shop: &InventoryShop) -> Option<usize> {
        let system = shop.system.as_deref()?;
        self.0?.iter().position(|(value, _)| value == system)
    }

    fn rank(&self, shop: &InventoryShop) -> (bool, usize) {
        let at = self.at(shop);
        (at.is_none(), at.unwrap_or_default())
    }

    fn name(&self, shop: &InventoryShop) -> Text {
        let written = || shop.system.as_deref().map_or_else(Text::default, |system| Text::new(system, system));
        self.at(shop).and_then(|at| Some(self.0?.get(at)?.1.clone())).unwrap_or_else(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(id: Option<&str>, name: &str, system: Option<&str>) -> InventoryShop {
        let text = |text: &str| text.to_owned();
        InventoryShop { id: id.map(text), name: Some(text(name)), system: system.map(text), ..InventoryShop::default() }
    }

    #[test]
    fn a_shop_is_found_by_id_else_by_name_and_never_on_another_platform() {
        let shops = [
            shop(Some("S1"), "云山店", Some("douyin")),
            shop(Some("S2"), "云山店", Some("kuaishou")),
            shop(None, "晴川店", Some("tmall")),
            shop(Some("S3"), "S1", None),
        ];
        let index = ShopIndex::new(&shops);
        let find = |text: &str, system: Option<&str>| index.find(&shops, text, system);
        assert_eq!(find(" S1 ", None), Ok(0));
        assert_eq!(find("S1", Some("douyin")), Ok(0));
        // One of no platform may be of any.
        assert_eq!(find("S1", Some("tmall")), Ok(3));
        assert_eq!(find("云山店", Some("kuaishou")), Ok(1));
        assert_eq!(find("云山店", None), Err(true));
        assert_eq!(find("云山店", Some("jd")), Err(false));
        assert_eq!(find("晴川店", None), Ok(2));
        assert_eq!(find("晴川店", Some("jd")), Err(false));
    }

    #[test]
    fn names_that_lead_to_no_shop_or_to_several_are_told_once_where_shops_are_given() {
        let kinds = dianjian_rules::PackBuilder::default().shipped().build().0.kinds;
        let unresolved = |shops: Vec<InventoryShop>| {
            let mut book = ShopBook { shops, ..ShopBook::new(&kinds) };
            for (text, system) in [("云山店", None), ("晴川店", Some("jd")), ("晴川店", None), ("S1", None)] {
                let system = system.map(str::to_owned);
                book.number_of(ShopRef::Named { text: text.to_owned(), system });
            }
            let told = book.columns(&kinds).unresolved;
            told.into_iter().map(|shop| (shop.name, shop.is_ambiguous)).collect::<Vec<_>>()
        };
        let shops = vec![shop(Some("S1"), "云山店", Some("douyin")), shop(Some("S2"), "云山店", Some("kuaishou"))];
        assert_eq!(unresolved(shops), [("云山店".to_owned(), true), ("晴川店".to_owned(), false)]);
        assert_eq!(unresolved(Vec::new()), []);
    }
}
