#include "tools/office/sample_people.h"

#include <stdio.h>
#include <stdlib.h>

#include "registry/identifier.h"

struct organ { const char *name; unsigned field, weight; int kind; };

/* Kinds of organ as counties, cities and the province have them; fields by their codes in tools/shared/fields.c. */
static const struct organ organs[] = {
	{ "市场监督管理局", 1, 30, 1 }, { "综合行政执法局", 7, 28, 1 }, { "公安局", 12, 20, 1 }, { "交通运输局", 4, 16, 1 }, { "卫生健康局", 10, 10, 1 },
	{ "应急管理局", 5, 10, 1 }, { "农业农村局", 6, 10, 1 }, { "文化和旅游局", 3, 7, 1 }, { "自然资源局", 8, 9, 1 }, { "水务局", 11, 6, 1 },
	{ "住房和城乡建设局", 9, 8, 1 }, { "人力资源和社会保障局", 14, 7, 1 }, { "医疗保障局", 21, 4, 1 }, { "教育和体育局", 15, 4, 1 },
	{ "司法局", 17, 4, 1 }, { "民政局", 16, 4, 1 }, { "统计局", 22, 3, 1 }, { "财政局", 17, 3, 1 }, { "发展和改革局", 5, 3, 1 },
	{ "行政审批服务局", 17, 3, 1 }, { "消防救援大队", 20, 6, 1 }, { "国家税务局", 13, 14, 1 }, { "烟草专卖局", 19, 6, 2 }, { "气象局", 18, 2, 2 },
	{ "疾病预防控制中心", 10, 4, 2 }, { "住房公积金管理中心", 9, 2, 2 },
};
/* Entrusted organisations act in the name of one of the organs above. */
static const struct { const char *name; size_t of; unsigned field, weight; } entrusted[] = {
	{ "交通运输综合行政执法大队", 3, 4, 12 }, { "卫生健康综合行政执法大队", 4, 10, 7 }, { "农业综合行政执法大队", 6, 6, 9 },
	{ "文化市场综合行政执法大队", 7, 3, 7 }, { "应急管理综合行政执法大队", 5, 5, 7 }, { "劳动保障监察综合执法大队", 11, 14, 5 },
	{ "自然资源执法监察大队", 8, 8, 6 }, { "水政监察大队", 9, 11, 4 }, { "城市管理综合服务中心", 1, 7, 6 }, { "动物卫生监督所", 6, 6, 5 },
	{ "建筑工程质量安全服务中心", 10, 9, 4 }, { "市场监管综合执法大队", 0, 1, 10 },
};
static const char *const town_first[] = { "龙", "凤", "泉", "石", "柳", "青", "白", "黄", "大", "小", "东", "西", "南", "北", "新", "古", "王", "李", "张",
	"赵", "刘", "高", "双", "三", "七", "银", "金", "云", "清", "明" };
static const char *const town_second[] = { "泉", "山", "河", "庄", "集", "桥", "湾", "楼", "埠", "屯", "店", "阁", "岭", "沟", "坡", "滩", "塘", "林", "寺",
	"口" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct making {
	const struct divisions *d;
	struct sample_body *bodies;
	size_t n, cap;
	uint64_t seed;
	struct date today;
};

static void
give_code(struct making *m, struct sample_body *b)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char head[32];
	uint32_t code = b->division;
	while (code < 100000)
		code *= 100;
	struct dice dice = { m->seed ^ m->n * 0x9e3779b97f4a7c15u };
	(void)snprintf(head, sizeof(head), "%s%06uMB%c%c%05u", b->kind == 1 ? "11" : "12", code, alphabet[dice_roll(&dice, 31)],
	    alphabet[dice_roll(&dice, 31)], (unsigned)(m->n % 100000));
	memcpy(b->uscc, head, 17);
	b->uscc[17] = uscc_check_character(head);
	b->uscc[18] = '\0';
}

static struct sample_body *
add_body(struct making *m, const struct division *v, int kind, unsigned field, unsigned weight)
{
	if (m->n == m->cap)
		return NULL;
	struct sample_body *b = &m->bodies[m->n];
	*b = (struct sample_body){ .kind = kind, .field = field, .weight = weight, .division = v->code };
	give_code(m, b);
	m->n++;
	return b;
}

/* "济南市历下区", but "商河县": only a district bears its city's name before its own. */
static void
full_name(const struct making *m, const struct division *v, char *out, size_t cap)
{
	bool district = v->code > 9999 && v->name.len > 3 && memcmp(v->name.ptr + v->name.len - 3, "区", 3) == 0;
	const struct division *parent = district ? division_of_code(m->d, v->parent) : NULL;
	(void)snprintf(out, cap, "%.*s%.*s", parent ? (int)parent->name.len : 0, parent ? (const char *)parent->name.ptr : "",
	    BYTES_FMT(v->name));
}

static void
add_organs(struct making *m, const struct division *v, const char *place)
{
	size_t first = m->n;
	for (size_t i = 0; i < COUNT(organs); i++) {
		struct sample_body *b = add_body(m, v, organs[i].kind, organs[i].field, organs[i].weight);
		if (b == NULL)
			return;
		(void)snprintf(b->name, sizeof(b->name), "%.150s%s", place, organs[i].name);
	}
	for (size_t i = 0; i < COUNT(entrusted); i++) {
		struct sample_body *b = add_body(m, v, 3, entrusted[i].field, entrusted[i].weight);
		if (b == NULL)
			return;
		const struct sample_body *organ = &m->bodies[first + entrusted[i].of];
		(void)snprintf(b->name, sizeof(b->name), "%.150s%s", place, entrusted[i].name);
		(void)snprintf(b->entrusting_name, sizeof(b->entrusting_name), "%s", organ->name);
		(void)snprintf(b->entrusting_uscc, sizeof(b->entrusting_uscc), "%s", organ->uscc);
		b->entrusted_from = date_add_months(m->today, -18);
		b->entrusted_to = date_add_months(b->entrusted_from, 60);
	}
}

/* One town of a county: names from two characters, no two alike in one county. */
static bool
add_town(struct making *m, const struct division *v, const char *place, size_t k)
{
	size_t pairs = COUNT(town_first) * COUNT(town_second);
	size_t at = ((size_t)v->code * 37 + k * 241) % pairs; /* 241 is prime and no factor of pairs */
	struct sample_body *b = k < pairs ? add_body(m, v, 1, 23, 6) : NULL;
	if (b == NULL)
		return false;
	(void)snprintf(b->name, sizeof(b->name), "%.150s%s%s%s", place, town_first[at % COUNT(town_first)], town_second[at / COUNT(town_first)],
	    k % 3 == 0 ? "街道办事处" : "镇人民政府");
	return true;
}

static void
add_towns(struct making *m)
{
	char place[NAME_LEN_MAX + 1];
	bool added = true;
	for (size_t k = 0; added && m->n < m->cap; k++) {
		added = false;
		for (size_t i = 0; i < m->d->n && m->n < m->cap; i++) {
			if (m->d->items[i].code <= 9999 || m->d->items[i].is_zone)
				continue;
			full_name(m, &m->d->items[i], place, sizeof(place));
			added = add_town(m, &m->d->items[i], place, k) || added;
		}
	}
}

enum status
sample_bodies(const struct divisions *d, size_t n, uint64_t seed, struct date today, struct sample_body **out, struct err *err)
{
	char place[NAME_LEN_MAX + 1];
	struct making m = { .d = d, .bodies = calloc(n, sizeof(*m.bodies)), .cap = n, .seed = seed, .today = today };
	if (m.bodies == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	for (size_t i = 0; i < d->n; i++) { /* the table has the province and the cities first */
		if (d->items[i].is_zone)
			continue;
		full_name(&m, &d->items[i], place, sizeof(place));
		add_organs(&m, &d->items[i], place);
	}
	add_towns(&m);
	if (m.n < n) {
		free(m.bodies);
		return err_set(err, ERR_LIMIT, "only %zu different bodies can be invented for these divisions, not %zu", m.n, n);
	}
	*out = m.bodies;
	return OK;
}
