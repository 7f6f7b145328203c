#include "tools/office/sample_people.h"

#include <stdio.h>

#include "registry/identifier.h"

uint64_t
dice_roll(struct dice *d, uint64_t sides)
{
	uint64_t z = (d->state += 0x9e3779b97f4a7c15u);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % sides;
}

/* Surnames, the commoner the more often. */
static const char *const surnames[] = { "王", "王", "王", "李", "李", "李", "张", "张", "张", "刘", "刘", "陈", "陈", "杨", "杨", "赵", "赵",
	"孙", "孙", "黄", "周", "吴", "徐", "徐", "马", "马", "朱", "胡", "郭", "郭", "何", "高", "高", "林", "罗", "郑", "梁", "谢", "宋", "宋", "唐",
	"许", "韩", "韩", "冯", "邓", "曹", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "于", "于", "蒋", "蔡", "余", "杜", "叶", "程", "苏", "魏",
	"吕", "丁", "任", "沈", "姚", "卢", "姜", "崔", "钟", "谭", "陆", "汪", "范", "金", "石", "廖", "贾", "夏", "韦", "付", "方", "白", "邹", "孟",
	"熊", "秦", "邱", "江", "尹", "薛", "闫", "段", "雷", "侯", "龙", "史", "陶", "黎", "贺", "顾", "毛", "郝", "龚", "邵", "万", "钱", "严", "武",
	"戴", "莫", "孔", "向", "常", "欧阳", "司马", "诸葛" };
static const char *const male_names[] = { "伟", "强", "磊", "军", "勇", "涛", "明", "超", "刚", "平", "辉", "鹏", "华", "飞", "鑫", "波", "斌", "宇",
	"浩", "凯", "健", "俊", "帆", "帅", "旭", "宁", "龙", "林", "阳", "建国", "建军", "志强", "志刚", "海涛", "海波", "文博", "文涛", "晓东",
	"晓峰", "永强", "国栋", "国强", "振华", "振东", "子轩", "浩然", "宇航", "天佑", "思远", "嘉诚", "明哲", "瑞霖", "德胜", "庆祥", "传国",
	"兴旺", "延军", "玉柱", "洪亮", "维新", "守义", "克俭", "启航", "广志", "绍华" };
static const char *const female_names[] = { "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "燕", "玲", "丹", "萍", "红", "梅", "莉", "颖", "婷", "雪",
	"倩", "琳", "洁", "慧", "蕾", "欣", "悦", "桂英", "秀英", "秀兰", "玉兰", "桂兰", "春梅", "海燕", "晓燕", "丽娜", "丽华", "雅婷", "欣怡",
	"梦瑶", "诗涵", "雨桐", "佳怡", "思雨", "美玲", "爱华", "淑珍", "凤霞", "文静", "晓红", "延芳", "新华", "立群", "若曦", "书瑶" };
static const char *const minority_names[] = { "买买提·艾力", "阿依古丽·吐尔逊", "古丽娜·买买提", "艾尼瓦尔·玉素甫", "扎西·多吉", "其其格·巴雅尔",
	"迪丽拜尔·阿不都热合曼", "玛依拉·哈斯木", "帕尔哈提·买买提明" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PICK(dice, a) ((a)[dice_roll((dice), COUNT(a))])

enum { FIRST_YEAR = 1964, BIRTH_DAYS = 14000, SEQUENCES = 499, DAY_S = 86400 };

static size_t
nth_county(const struct divisions *d, size_t i)
{
	size_t n = 0, at = 0;
	for (size_t k = 0; k < d->n; k++)
		n += d->items[k].code > 9999;
	i %= n > 0 ? n : 1;
	for (at = 0; at < d->n; at++)
		if (d->items[at].code > 9999 && i-- == 0)
			break;
	return at < d->n ? at : 0;
}

/* A number without a repeat: i is spread over (county, birthday, sequence) by a multiplication that is a bijection. */
static void
invent_idnumber(const struct divisions *d, uint64_t seed, uint64_t i, bool male, char out[IDNUMBER_LEN + 1])
{
	enum { COUNTIES = 128 };
	const uint64_t places = (uint64_t)COUNTIES * BIRTH_DAYS;
	uint64_t spread = i % places * 1000003u % places; /* 1000003 is prime and no factor of places */
	uint64_t round = i / places, county = spread % COUNTIES, day = spread / COUNTIES;
	struct dice dice = { seed ^ (spread + 1) * 0x2545f4914f6cdd1du };
	unsigned half = (unsigned)((dice_roll(&dice, SEQUENCES) + round) % SEQUENCES);
	struct date first = { FIRST_YEAR, 1, 1 };
	struct date birth = date_of_unix_s(date_start_unix_s(first) + (int64_t)day * DAY_S);
	char digits[32];
	(void)snprintf(digits, sizeof(digits), "%06u%04d%02d%02d%03u", d->items[nth_county(d, (size_t)county)].code, birth.year, birth.month,
	    birth.day, 2 * half + (male ? 1u : 0u));
	memcpy(out, digits, 17);
	out[17] = idnumber_check_character(digits);
	out[18] = '\0';
}

void
sample_person(const struct divisions *d, uint64_t seed, uint64_t i, struct sample_person *out)
{
	struct dice dice = { seed + i * 0xd1342543de82ef95u };
	out->male = dice_roll(&dice, 100) < 68;
	if (dice_roll(&dice, 400) == 0)
		(void)snprintf(out->name, sizeof(out->name), "%s", PICK(&dice, minority_names));
	else {
		const char *surname = PICK(&dice, surnames);
		(void)snprintf(out->name, sizeof(out->name), "%s%s", surname, out->male ? PICK(&dice, male_names) : PICK(&dice, female_names));
	}
	invent_idnumber(d, seed, i, out->male, out->idnumber);
}

const char *
sample_post(struct dice *dice, const struct sample_body *b)
{
	static const char *const civil[] = { "一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员", "一级科员", "二级科员", "四级调研员", "副科长",
		"科长", "副主任", "局长", "副局长", "一级行政执法员", "二级行政执法员", "三级高级主办", "一级主办" };
	static const char *const institution[] = { "中队长", "副中队长", "大队长", "副大队长", "执法队员", "管理岗八级", "管理岗九级", "专业技术十级",
		"助理工程师", "工程师" };
	return b->kind == 1 ? PICK(dice, civil) : PICK(dice, institution);
}
