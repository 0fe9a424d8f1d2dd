//! Pages of a list.

use schemars::JsonSchema;
use serde::Serialize;

use crate::query::Query;

/// What the original's 32-bit integer holds.
pub const PAGE_NUMBER_MAX: u32 = 2_147_483_647;
pub const PAGE_SIZE_MAX: u32 = 500;
pub const PAGE_SIZE_DEFAULT: u32 = 20;

/// Which page of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// From 1.
    pub page_number: u32,
    /// 1 to [`PAGE_SIZE_MAX`].
    pub page_size: u32,
}

impl PageQuery {
    pub(crate) fn read(query: &mut Query) -> PageQuery {
        let page_number = query.number("pageNumber", 1..=PAGE_NUMBER_MAX).unwrap_or(1);
        let page_size = query.number("pageSize", 1..=PAGE_SIZE_MAX).unwrap_or(PAGE_SIZE_DEFAULT);
        PageQuery { page_number, page_size }
    }

    /// Items before this page.
    pub fn offset(self) -> u64 {
        u64::from(self.page_number - 1) * u64::from(self.page_size)
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PagedOf{T}")]
pub struct Paged<T> {
    pub items: Vec<T>,
    /// Items on all pages.
    pub total_count: u64,
    pub page_number: u32,
    pub page_size: u32,
    pub total_pages: u64,
}

impl<T> Paged<T> {
    pub fn new(items: Vec<T>, total_count: u64, page: PageQuery) -> Paged<T> {
        Paged {
            items,
            total_count,
            page_number: page.page_number,
            page_size: page.page_size,
            total_pages: total_count.div_ceil(u64::from(page.page_size)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_and_sizes_have_bounds() {
        let check = |raw: &str, expect: Option<(u32, u32)>| {
            let mut query = Query::decode(raw);
            let page = PageQuery::read(&mut query);
            let got = query.finish((page.page_number, page.page_size)).ok();
            assert_eq!(got, expect, "{raw}");
        };
        check("", Some((1, 20)));
        check("pageNumber=3&pageSize=500", Some((3, 500)));
        check("pageNumber=2147483647", Some((2_147_483_647, 20)));
        check("pageNumber=2147483648", None);
        check("pageNumber=0", None);
        check("pageNumber=-1", None);
        check("pageNumber=abc", None);
        check("pageNumber=1.5", None);
        check("pageSize=0", None);
        check("pageSize=501", None);
    }

    #[test]
    fn the_last_page_may_be_short_and_no_items_are_no_pages() {
        let pages = |total_count| {
            let page = PageQuery { page_number: 1, page_size: 20 };
            Paged::<()>::new(Vec::new(), total_count, page).total_pages
        };
        assert_eq!([pages(0), pages(1), pages(20), pages(21)], [0, 1, 1, 2]);
    }

    #[test]
    fn the_deepest_page_has_an_offset() {
        let page = PageQuery { page_number: PAGE_NUMBER_MAX, page_size: PAGE_SIZE_MAX };
        assert_eq!(page.offset(), 1_073_741_823_000);
    }
}
