#include "tools/shared/fields.h"

static const struct { const char *zh, *en; } fields[] = {
	{ "其他领域", "other" }, /* code 0 is not used */
	{ "市场监管", "market regulation" },
	{ "生态环境", "ecology and environment" },
	{ "文化市场", "culture" },
	{ "交通运输", "transport" },
	{ "应急管理", "emergency management" },
	{ "农业农村", "agriculture" },
	{ "城市管理", "urban management" },
	{ "自然资源", "natural resources" },
	{ "住房城乡建设", "housing and construction" },
	{ "卫生健康", "health" },
	{ "水利", "water" },
	{ "公安", "public security" },
	{ "税务", "taxation" },
	{ "人力资源社会保障", "labour and social security" },
	{ "教育", "education" },
	{ "民政", "civil affairs" },
	{ "司法行政", "judicial administration" },
	{ "气象", "meteorology" },
	{ "烟草专卖", "tobacco monopoly" },
	{ "消防救援", "fire and rescue" },
	{ "医疗保障", "medical insurance" },
	{ "统计", "statistics" },
	{ "综合执法", "comprehensive enforcement" },
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

const char *field_name_zh(unsigned code) { return fields[code < FIELDS ? code : 0].zh; }
const char *field_name_en(unsigned code) { return fields[code < FIELDS ? code : 0].en; }

unsigned
field_of(struct bytes name_zh)
{
	for (unsigned i = 1; i < FIELDS; i++)
		if (bytes_eq(name_zh, bytes_str(fields[i].zh)))
			return i;
	return 0;
}

unsigned
field_of_any(struct bytes name)
{
	for (unsigned i = 1; i < FIELDS; i++)
		if (bytes_eq(name, bytes_str(fields[i].en)))
			return i;
	return field_of(name);
}
