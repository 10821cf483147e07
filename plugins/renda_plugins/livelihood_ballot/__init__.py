"""民生实事项目人大代表票决制: collected, settled, deliberated, voted, supervised, assessed.

Source: article 001; 组织法 14, 25, 29; 选举法 43, 44 by analogy; 浙江, 陕西 and 重庆 as domain rules name them.
"""
