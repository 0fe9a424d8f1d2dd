//! Pages as JIM has them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::paging::PAGE_NUMBER_MAX;
use crate::query::Query;

/// Most items on a page of JIM's.
pub const JIM_PAGE_SIZE_MAX: u32 = 100;

/// Which page of a list is wanted: `page` and `pageSize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JimPageQuery {
    /// From 1.
    pub page: u32,
    /// 1 to [`JIM_PAGE_SIZE_MAX`].
    pub page_size: u32,
}

impl JimPageQuery {
    pub(crate) fn read(query: &mut Query, default_size: u32) -> JimPageQuery {
        let page = query.number("page", 1..=PAGE_NUMBER_MAX).unwrap_or(1);
        let page_size = query.number("pageSize", 1..=JIM_PAGE_SIZE_MAX).unwrap_or(default_size);
        JimPageQuery { page, page_size }
    }

    /// Items before this page.
    pub fn offset(self) -> u64 {
        u64::from(self.page - 1) * u64::from(self.page_size)
    }
}

/// One page of a list. Beyond the last page there are no items, and the totals are true.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PageOf{T}")]
pub struct JimPage<T> {
    pub items: Vec<T>,
    /// Items on all pages.
    pub total_count: u64,
    pub page: u32,
    pub page_size: u32,
    pub total_pages: u64,
    pub has_next_page: bool,
    pub has_previous_page: bool,
}

impl<T> JimPage<T> {
    pub fn new(items: Vec<T>, total_count: u64, query: JimPageQuery) -> JimPage<T> {
        let total_pages = total_count.div_ceil(u64::from(query.page_size));
        JimPage {
            items,
            total_count,
            page: query.page,
            page_size: query.page_size,
            total_pages,
            has_next_page: u64::from(query.page) < total_pages,
            has_previous_page: query.page > 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_bounds() {
        let check = |raw: &str, expect: Option<(u32, u32)>| {
            let mut query = Query::decode(raw);
            let page = JimPageQuery::read(&mut query, 20);
            let got = query.finish((page.page, page.page_size)).ok();
            assert_eq!(got, expect, "{raw}");
        };
        check("", Some((1, 20)));
        check("Page=3&PAGESIZE=100", Some((3, 100)));
        check("page=2147483647", Some((2_147_483_647, 20)));
        check("page=0", None);
        check("pageSize=0", None);
        check("pageSize=101", None);
    }

    #[test]
    fn neighbours_are_announced() {
        let check = |total: u64, page: u32, expect: (u64, bool, bool)| {
            let page = JimPage::<()>::new(Vec::new(), total, JimPageQuery { page, page_size: 2 });
            let got = (page.total_pages, page.has_next_page, page.has_previous_page);
            assert_eq!(got, expect, "{total} items");
        };
        check(0, 1, (0, false, false));
        check(2, 1, (1, false, false));
        check(5, 1, (3, true, false));
        check(5, 3, (3, false, true));
        check(5, 4, (3, false, true));
    }
}
