META
key;value
description;Local PB in Warsaw, Wesoła | Plac Wojska Polskiego
country;Poland
unit;Warszawa
subunit;Plac Wojska Polskiego
instance;2017
district;Wesoła
num_projects;4
num_votes;27
budget;51195
vote_type;approval
rule;greedy
date_begin;14.06.2016
date_end;24.06.2016
min_length;1
max_sum_cost;51195
language;polish
edition;3
PROJECTS
project_id;cost;category;votes;name;target;selected
427;15995;education;16;Akademia Szkraba;children,families with children;1
915;5825;education,environmental protection;14;Plac Wojska Polskiego dla gniazdujących;None;1
2567;20000;education,sport,health;12;Aktywny senior - gimnastyka;seniors;1
1623;2900;public space,health;5;Życzliwość wobec kobiet w ciąży dla mieszkanek Wesołej.;adults,people with disabilities;1
VOTES
voter_id;voting_method;vote
5642;internet;427
7230;internet;2567
8987;internet;915
10533;internet;915
15240;internet;427,915,2567,1623
16498;paper;2567,915
16910;paper;2567,915
22288;internet;427,2567,915
24842;internet;2567
32398;internet;915,1623,2567,427
32998;internet;427
44924;internet;427
47826;paper;2567,1623
48423;internet;915
48974;internet;427
50829;internet;427,2567,1623,915
57441;internet;915,2567,427
57475;internet;915,427
72881;internet;915
79157;internet;427
80175;internet;2567
87967;paper;427,2567,1623,915
88076;internet;427
88639;internet;915
94116;internet;427
103942;internet;427
104255;internet;427
