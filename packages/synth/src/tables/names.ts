/** Ordinary given names. */
export const givenNames = {
  female: words(`
    Abigail Alice Amara Amelia Ana Anita Beatrice Bianca Camila Carmen Carol Chloe Clara Daisy Dana Denise Diana
    Elena Ella Emma Esther Eva Faith Fatima Gloria Grace Hannah Helen Imani Irene Iris Jade Jasmine Joan Julia
    June Kamala Karen Keiko Laura Leah Lena Lily Linda Lucia Mai Margaret Maria Mei Mina Nadia Naomi Nina Nora
    Olivia Paula Priya Rachel Rosa Ruth Sara Sofia Stella Tamara Teresa Valerie Vera Wendy Yasmin Zoe
  `),
  male: words(`
    Aaron Adam Ahmed Alan Andre Anthony Arjun Arthur Ben Bruno Caleb Carlos Charles Cyrus Daniel Darius David
    Dennis Diego Edgar Eli Emil Eric Felix Francis Frank Gabriel George Hassan Henry Hiro Hugo Ian Isaac Ivan Jack
    James Jin Joel John Jonas Jorge Joseph Kofi Leo Louis Luis Malik Marcus Martin Miguel Minh Nathan Noah Omar
    Oscar Paul Peter Rafael Ravi Robert Samir Samuel Simon Thomas Tomas Victor Walter Wei Yusuf
  `),
};

/** Family names are put together from a beginning and an end: they read like names and belong to nobody in particular. */
export const familyBeginnings = words(`
    Alder Amber Apple Ash Birch Bracken Bright Brook Cedar Clear Clover Copper Corn Elder Elm Ever Fair Fern Flint
    Fox Glen Gold Green Hazel Heather Holly Juniper Lake Lark Laurel Linden Maple Marsh Meadow Mill Moss North Oak
    Orchard Pine Quill Red River Rowan Sage Silver Stone Summer Thorn West White Wild Willow Winter
  `);

export const familyEnds = words(`
    berry brook by croft dale den field ford gate grove ham haven hill hurst land leigh ley mere more ridge shaw
    side stead ton vale water well wick wood worth
  `);

export const suffixes = ['Jr.', 'Sr.', 'III'] as const;

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
